//! Frames in a file that only grows: a length, four bytes of the SHA-256 of the length, eight of the SHA-256 of what follows, and what
//! follows.

use sha2::{Digest, Sha256};

const HEAD: usize = 16;

pub(super) fn frame(payload: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(payload.len()).ok()?.to_be_bytes();
    let [a, b, c, d, ..] = checksum(&length);
    Some([length.as_slice(), &[a, b, c, d], &checksum(payload), payload].concat())
}

fn checksum(bytes: &[u8]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = Sha256::digest(bytes).into();
    [a, b, c, d, e, f, g, h]
}

/// What a file holds.
pub(super) struct Read<'a> {
    pub payloads: Vec<&'a [u8]>,
    /// Where the next frame goes: what follows there was being written when the process or the machine stopped.
    pub end: usize,
}

/// What is at a place in a file.
enum Found<'a> {
    Whole(&'a [u8]),
    /// A frame that the file ends in.
    Torn,
    /// No frame that was ever written, or one that was changed since.
    Damaged,
}

/// Reads all frames. `None` when one is damaged and whole ones follow; one at the end was only not written to its end.
pub(super) fn read(file: &[u8]) -> Option<Read<'_>> {
    let mut read = Read {
        payloads: Vec::new(),
        end: 0,
    };
    loop {
        let rest = file.get(read.end..).unwrap_or_default();
        match find(rest) {
            Found::Whole(payload) => {
                read.payloads.push(payload);
                read.end += HEAD + payload.len();
            }
            Found::Torn => return Some(read),
            Found::Damaged => return (!has_whole(rest)).then_some(read),
        }
    }
}

fn find(bytes: &[u8]) -> Found<'_> {
    let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() else {
        return Found::Torn;
    };
    let [l0, l1, l2, l3, c0, c1, c2, c3, sum @ ..] = *head;
    let length = [l0, l1, l2, l3];
    if !checksum(&length).starts_with(&[c0, c1, c2, c3]) {
        return Found::Damaged;
    }
    let length = usize::try_from(u32::from_be_bytes(length)).ok();
    match length.and_then(|length| rest.get(..length)) {
        None => Found::Torn,
        Some(payload) if checksum(payload) == sum => Found::Whole(payload),
        Some(_) => Found::Damaged,
    }
}

/// Whether there is a whole frame anywhere. A place that is not the beginning of one looks so once in four thousand million.
fn has_whole(bytes: &[u8]) -> bool {
    let rests = (0..bytes.len()).filter_map(|from| bytes.get(from..));
    rests.into_iter().any(|rest| matches!(find(rest), Found::Whole(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        [b"one".as_slice(), b"", b"three"]
            .map(|payload| frame(payload).unwrap())
            .concat()
    }

    #[test]
    fn a_file_that_ends_anywhere_gives_the_frames_that_are_whole() {
        let file = file();
        let ends = [0, 19, 35, 56];
        assert_eq!(file.len(), 56);
        for length in 0..=file.len() {
            let read = read(&file[..length]).unwrap();
            let whole = ends.iter().filter(|end| **end <= length).count() - 1;
            assert_eq!((read.payloads.len(), read.end), (whole, ends[whole]), "{length}");
        }
    }

    #[test]
    fn a_bit_that_was_changed_hides_no_frame_that_follows() {
        let last = file().len() - HEAD - b"three".len();
        for bit in 0..file().len() * 8 {
            let mut file = file();
            file[bit / 8] ^= 1 << (bit % 8);
            match read(&file) {
                None => assert!(bit / 8 < last, "{bit}"),
                Some(read) => {
                    assert!(bit / 8 >= last, "{bit}");
                    assert_eq!(read.payloads, [b"one".as_slice(), b""]);
                }
            }
        }
    }

    #[test]
    fn what_a_machine_left_that_stopped_is_no_damage() {
        for tail in [vec![0; 4096], vec![0xff; 100], file()[..20].to_vec()] {
            let written = [file(), tail].concat();
            assert!(read(&written).unwrap().payloads.starts_with(&[b"one", b"", b"three"]));
        }
    }
}
