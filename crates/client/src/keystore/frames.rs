//! Frames in a file that only grows: a length, eight bytes of the SHA-256 of what follows, and what follows.

use sha2::{Digest, Sha256};

const HEAD: usize = 12;

pub(super) fn frame(payload: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(payload.len()).ok()?.to_be_bytes();
    Some([length.as_slice(), &checksum(payload), payload].concat())
}

fn checksum(payload: &[u8]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = Sha256::digest(payload).into();
    [a, b, c, d, e, f, g, h]
}

/// What a file holds.
pub(super) struct Read<'a> {
    pub payloads: Vec<&'a [u8]>,
    /// Where the next frame goes: what follows there was being written when the process or the machine stopped.
    pub end: usize,
}

/// Reads all frames. `None` when one in the middle is damaged; one at the end was only not written to its end.
pub(super) fn read(file: &[u8]) -> Option<Read<'_>> {
    let mut read = Read {
        payloads: Vec::new(),
        end: 0,
    };
    while let Some((length, sum, rest)) = file.get(read.end..).and_then(head) {
        let Some((payload, after)) = rest.split_at_checked(length) else {
            break;
        };
        if checksum(payload) != sum {
            return after.is_empty().then_some(read);
        }
        read.payloads.push(payload);
        read.end += HEAD + length;
    }
    Some(read)
}

fn head(bytes: &[u8]) -> Option<(usize, [u8; 8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (sum, rest) = rest.split_first_chunk()?;
    Some((usize::try_from(u32::from_be_bytes(*length)).ok()?, *sum, rest))
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
        let ends = [0, 15, 27, 44];
        assert_eq!(file.len(), 44);
        for length in 0..=file.len() {
            let read = read(&file[..length]).unwrap();
            let whole = ends.iter().filter(|end| **end <= length).count() - 1;
            assert_eq!((read.payloads.len(), read.end), (whole, ends[whole]), "{length}");
        }
    }

    #[test]
    fn a_frame_that_was_changed_is_the_end_when_it_is_the_last_and_damage_before() {
        let mut last = file();
        last[43] ^= 1;
        assert_eq!(read(&last).unwrap().payloads, [b"one".as_slice(), b""]);
        let mut first = file();
        first[12] ^= 1;
        assert!(read(&first).is_none());
    }
}
