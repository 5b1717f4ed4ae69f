use std::collections::HashMap;
use std::fmt;

use tenon_kernel::Invalid;

use super::{Device, PublicKey, Signature, Supply};

/// What a device calls one of its prekeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrekeyId(u32);

impl PrekeyId {
    /// What stands in the signature of a key that has no id.
    pub const NONE: Self = Self(0);

    /// # Errors
    ///
    /// `out_of_range` above 2^32 - 1.
    pub fn new(id: u64) -> Result<Self, Invalid> {
        u32::try_from(id)
            .map(Self)
            .map_err(|_| Invalid::new("out_of_range", "Must be between 0 and 4294967295."))
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for PrekeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A key that a device's identity key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedKey {
    pub key: PublicKey,
    pub signature: Signature,
}

/// A key for the beginning of a conversation, signed by the device's identity key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prekey {
    pub id: PrekeyId,
    pub key: PublicKey,
    pub signature: Signature,
}

impl Prekey {
    /// Whether both are one key under one id, whatever signature it has.
    pub fn is(&self, other: &Self) -> bool {
        self.id == other.id && self.key == other.key
    }

    /// Whether they cannot both be: one id for two keys, or two ids for one key, which would be handed out twice.
    pub fn contradicts(&self, other: &Self) -> bool {
        (self.id == other.id) != (self.key == other.key)
    }
}

/// Prekeys that a device brings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upload {
    /// Handed out once each, in this order.
    pub one_time: Vec<Prekey>,
    /// Takes the place of the one before.
    pub signed: Option<Prekey>,
    /// Takes the place of the one before.
    pub last_resort: Option<Prekey>,
}

impl Upload {
    /// The most one-time prekeys of an upload.
    pub const MOST: usize = 100;

    /// The most one-time prekeys of a device that are not claimed.
    pub const MOST_UNCLAIMED: usize = 1_000;

    /// The one-time prekeys, each once. `None` when two of them cannot both be.
    pub fn distinct(&self) -> Option<Vec<Prekey>> {
        let mut keys = HashMap::new();
        let mut ids = HashMap::new();
        let mut distinct = Vec::with_capacity(self.one_time.len());
        for prekey in &self.one_time {
            let same_key = keys.insert(prekey.key, prekey.id);
            let same_id = ids.insert(prekey.id, prekey.key);
            match (same_key, same_id) {
                (None, None) => distinct.push(*prekey),
                (Some(id), Some(key)) if id == prekey.id && key == prekey.key => {}
                (Some(_) | None, _) => return None,
            }
        }
        Some(distinct)
    }
}

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stocked {
    /// One-time prekeys that were not there before.
    pub accepted: u32,
    /// What there is from then on.
    pub supply: Supply,
}

/// How a prekey is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrekeyKind {
    /// To nobody else, ever.
    OneTime,
    /// To whoever comes when there is no one-time prekey.
    LastResort,
}

/// A prekey that somebody claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedPrekey {
    pub kind: PrekeyKind,
    pub prekey: Prekey,
}

/// What it takes to begin a conversation with a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub device: Device,
    pub prekey: ClaimedPrekey,
    /// What the device has left, for its owner to be told.
    pub supply: Supply,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prekey(id: u64, key: u8) -> Prekey {
        Prekey {
            id: PrekeyId::new(id).unwrap(),
            key: PublicKey::new([key; 32]).unwrap(),
            signature: Signature::new([0; 64]),
        }
    }

    fn distinct(one_time: &[Prekey]) -> Option<Vec<Prekey>> {
        let upload = Upload {
            one_time: one_time.to_vec(),
            ..Upload::default()
        };
        upload.distinct()
    }

    #[test]
    fn ids_have_32_bits() {
        assert_eq!(PrekeyId::new(4_294_967_295).unwrap().get(), u32::MAX);
        assert_eq!(PrekeyId::new(4_294_967_296).unwrap_err().code, "out_of_range");
    }

    #[test]
    fn what_comes_twice_in_an_upload_is_there_once() {
        let (one, two) = (prekey(1, 5), prekey(2, 6));
        assert_eq!(distinct(&[two, one, two, one]), Some(vec![two, one]));
    }

    #[test]
    fn an_id_of_two_keys_and_a_key_of_two_ids_contradict() {
        for other in [prekey(1, 6), prekey(2, 5)] {
            assert_eq!(distinct(&[prekey(1, 5), other]), None);
            assert!(other.contradicts(&prekey(1, 5)));
        }
        assert_eq!(distinct(&[prekey(1, 5), prekey(2, 6), prekey(1, 6)]), None);
        assert!(!prekey(1, 5).contradicts(&prekey(2, 6)));
    }
}
