//! Safety numbers: 60 digits that two people compare, out loud or as a QR code, to know that they have each other's keys.
//!
//! Signal's numeric fingerprint, version 0: 5,200 iterations of SHA-512 over a person's identity keys and id, 30 digits of it
//! for each of the two, the smaller half first, so that both see the same number
//! (`NumericFingerprintGenerator` in <https://github.com/signalapp/libsignal>).

use std::fmt;

use sha2::{Digest, Sha512};
use uuid::Uuid;

use crate::key::PublicKey;

const ITERATIONS: usize = 5_200;
const VERSION: [u8; 2] = [0, 0];

/// What libsignal's serialisation of a public key begins with.
const KEY_TYPE: u8 = 0x05;

/// The number of two people. It changes when either of them changes a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyNumber(String);

impl SafetyNumber {
    /// The number of two people with these identity keys; the order of the people and of their keys does not matter.
    pub fn new(me: Uuid, mine: &[PublicKey], peer: Uuid, theirs: &[PublicKey]) -> Self {
        Self::of_ids(me.as_bytes(), mine, peer.as_bytes(), theirs)
    }

    fn of_ids(me: &[u8], mine: &[PublicKey], peer: &[u8], theirs: &[PublicKey]) -> Self {
        let mut halves = [half(me, mine), half(peer, theirs)];
        halves.sort_unstable();
        Self(halves.concat())
    }

    /// The 60 digits, without spaces; what a QR code of it holds.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Twelve groups of five digits.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        (0..12).filter_map(|group| self.0.get(group * 5..group * 5 + 5))
    }
}

impl fmt::Display for SafetyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, group) in self.groups().enumerate() {
            if number > 0 {
                f.write_str(" ")?;
            }
            f.write_str(group)?;
        }
        Ok(())
    }
}

fn half(id: &[u8], keys: &[PublicKey]) -> String {
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    let mut serialized = Vec::new();
    for key in &sorted {
        serialized.push(KEY_TYPE);
        serialized.extend_from_slice(key.as_bytes());
    }
    let mut hash = [VERSION.as_slice(), &serialized, id].concat();
    for _ in 0..ITERATIONS {
        hash = Sha512::new()
            .chain_update(&hash)
            .chain_update(&serialized)
            .finalize()
            .to_vec();
    }
    let (chunks, _) = hash.as_chunks::<5>();
    chunks.iter().take(6).map(digits).collect()
}

fn digits(chunk: &[u8; 5]) -> String {
    let number = chunk.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:05}", number % 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(hex: &str) -> PublicKey {
        PublicKey::new(hex::decode(hex).unwrap().try_into().unwrap())
    }

    /// The vector of libsignal's `NumericFingerprintGeneratorTest`; its keys are given without the type that they begin with.
    fn vector() -> (PublicKey, PublicKey) {
        let alice = key("06863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868");
        let bob = key("f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b");
        (alice, bob)
    }

    #[test]
    fn the_number_is_that_of_libsignal_on_both_sides() {
        let (alice, bob) = vector();
        let expected = "300354477692869396892869876765458257569162576843440918079131";
        let (alices, bobs) = (b"+14152222222".as_slice(), b"+14153333333".as_slice());
        let number = SafetyNumber::of_ids(alices, &[alice], bobs, &[bob]);
        assert_eq!(number.digits(), expected);
        assert_eq!(SafetyNumber::of_ids(bobs, &[bob], alices, &[alice]), number);
    }

    #[test]
    fn the_order_of_several_keys_does_not_matter_and_each_of_them_does() {
        let (one, other) = vector();
        let [me, peer] = [1, 2].map(|byte| Uuid::from_bytes([byte; 16]));
        let number = SafetyNumber::new(me, &[one, other], peer, &[one]);
        assert_eq!(SafetyNumber::new(me, &[other, one], peer, &[one]), number);
        for different in [
            SafetyNumber::new(me, &[one], peer, &[one]),
            SafetyNumber::new(me, &[one, other], peer, &[other]),
            SafetyNumber::new(me, &[one, other], me, &[one]),
        ] {
            assert_ne!(different, number);
        }
    }

    #[test]
    fn a_number_is_shown_in_twelve_groups_of_five() {
        let (one, other) = vector();
        let [me, peer] = [1, 2].map(|byte| Uuid::from_bytes([byte; 16]));
        let number = SafetyNumber::new(me, &[one], peer, &[other]);
        assert_eq!(number.groups().count(), 12);
        assert!(number.groups().all(|group| group.len() == 5));
        assert_eq!(number.to_string().replace(' ', ""), number.digits());
    }
}
