use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use memchr::memmem::Finder;

/// So much of the memory is read at once.
const PART: usize = 4 * 1024 * 1024;

/// One secret in all the ways in which it might be written.
pub struct Needles(Vec<Finder<'static>>);

impl Needles {
    pub fn of(secret: &[u8]) -> Self {
        let mut forms = vec![
            secret.to_vec(),
            hex::encode(secret).into_bytes(),
            hex::encode_upper(secret).into_bytes(),
        ];
        forms.push(secret.iter().flat_map(|byte| [*byte, 0]).collect());
        // In base64 it looks different by where it begins; what the neighbours have part in is left out.
        for before in 0..3 {
            let text = BASE64_STANDARD_NO_PAD.encode([&vec![0; before], secret].concat());
            let end = (before + secret.len()) * 8 / 6;
            forms.push(text.as_bytes()[(before * 8).div_ceil(6)..end].to_vec());
        }
        Self(forms.iter().map(|form| Finder::new(form).into_owned()).collect())
    }

    /// How often it is in the text.
    pub fn count(&self, text: &[u8]) -> usize {
        self.0.iter().map(|needle| needle.find_iter(text).count()).sum()
    }
}

/// Shows all of a process's memory that is there, piece by piece (proc_pid_mem(5), proc_pid_pagemap(5)). Pieces overlap, so that
/// nothing is cut in two.
pub fn memory(pid: u32, mut show: impl FnMut(&[u8])) {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let [memory, pages] = ["mem", "pagemap"].map(|name| File::open(format!("/proc/{pid}/{name}")).unwrap());
    let mut part = vec![0; PART];
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        // The system's own pages cannot be read.
        if !rights.starts_with('r') || line.ends_with("[vvar]") || line.ends_with("[vsyscall]") {
            continue;
        }
        let (begin, end) = range.split_once('-').unwrap();
        let [begin, end] = [begin, end].map(|address| u64::from_str_radix(address, 16).unwrap());
        for (mut begin, end) in present(&pages, begin, end) {
            while begin < end {
                let length = usize::try_from(end - begin).unwrap().min(PART);
                // What is given back to the system meanwhile holds nothing any more.
                let Ok(read) = memory.read_at(&mut part[..length], begin) else {
                    break;
                };
                show(&part[..read]);
                let overlap = if read == PART { 512 } else { 0 };
                begin += u64::try_from(read - overlap).unwrap();
            }
        }
    }
}

/// The parts of a range that are in memory or swapped out. All others were never written.
fn present(pages: &File, begin: u64, end: u64) -> Vec<(u64, u64)> {
    let page = u64::try_from(rustix::param::page_size()).unwrap();
    let mut entries = vec![0; usize::try_from((end - begin) / page * 8).unwrap()];
    pages.read_exact_at(&mut entries, begin / page * 8).unwrap();
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for (entry, address) in entries
        .chunks_exact(8)
        .zip((begin..end).step_by(usize::try_from(page).unwrap()))
    {
        let entry = u64::from_ne_bytes(entry.try_into().unwrap());
        if entry >> 62 == 0 {
            continue;
        }
        match parts.last_mut() {
            Some((_, end)) if *end == address => *end += page,
            Some(_) | None => parts.push((address, address + page)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        let secret = b"attack-at-dawn";
        let needles = Needles::of(secret);
        for before in 0..7 {
            let text = [&b"1234567"[..before], secret, b"after"].concat();
            let base64 = BASE64_STANDARD_NO_PAD.encode(&text).into_bytes();
            for written in [text.clone(), base64, hex::encode(&text).into_bytes()] {
                assert_eq!(needles.count(&written), 1);
            }
        }
        assert_eq!(needles.count(b"attack-at-noon"), 0);
    }

    #[test]
    fn the_memory_of_a_process_is_seen() {
        let secret: Vec<u8> = b"kcatta-nwad-ta".iter().rev().copied().collect();
        let needles = Needles::of(&secret);
        let mut found = 0;
        memory(std::process::id(), |part| found += needles.count(part));
        assert!(found > 0);
    }
}
