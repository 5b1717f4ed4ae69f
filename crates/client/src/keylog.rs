//! The append-only log of a person's keys, as the server shows it, verified line by line.
//!
//! Each line's hash covers the one before, so whoever has kept the head notices when the server later tells another history,
//! and two people who compare heads notice when it tells each of them a different one.

mod line;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use line::Line;

use crate::key::PublicKey;

/// Why lines were not accepted. Nothing of a page that has such a line is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyLogError {
    /// The line does not continue what was seen before: the server tells another history than it once did.
    #[error("line {0} does not continue the key log that was seen before: the log was rewritten")]
    Rewritten(u64),
    /// The line's hash is not that of its content.
    #[error("line {0} of the key log has a wrong hash")]
    Forged(u64),
    /// The line says nothing that a key log can say.
    #[error("line {0} of the key log cannot be understood")]
    Malformed(u64),
    /// The keys that the server hands out are not those that the log ends with.
    #[error("the keys that the server shows are not those of the key log")]
    Disagrees,
}

/// The last line that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// 0 before the first line.
    pub number: u64,
    /// SHA-256, in hexadecimal digits.
    pub hash: String,
}

/// The two long-lived keys of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceKeys {
    /// Ed25519: signs the others, and is what safety numbers are made of.
    pub identity: PublicKey,
    /// X25519.
    pub agreement: PublicKey,
}

/// What a line changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyChange {
    /// The simple public key has this version from now on.
    PublicKey(u32),
    /// A device with this number was added.
    DeviceAdded(u32),
    /// The device with this number was removed.
    DeviceRemoved(u32),
}

/// Every key that a person has and had, as far as their log was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    user: Uuid,
    head: Head,
    public_keys: BTreeMap<u32, PublicKey>,
    devices: BTreeMap<u32, DeviceKeys>,
}

impl Ledger {
    /// The ledger of a log without lines.
    pub fn new(user: Uuid) -> Self {
        let start = Sha256::new().chain_update(b"tenon.v1 key log ").chain_update(user);
        let head = Head {
            number: 0,
            hash: hex::encode(start.finalize()),
        };
        Self {
            user,
            head,
            public_keys: BTreeMap::new(),
            devices: BTreeMap::new(),
        }
    }

    /// Whose it is.
    pub fn user(&self) -> Uuid {
        self.user
    }

    /// Up to where it is verified.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The latest simple public key, and its version.
    pub fn public_key(&self) -> Option<(u32, PublicKey)> {
        let (version, key) = self.public_keys.last_key_value()?;
        Some((*version, *key))
    }

    /// The simple public key that had this version.
    pub fn public_key_of(&self, version: u32) -> Option<PublicKey> {
        self.public_keys.get(&version).copied()
    }

    /// The devices that there are, by number.
    pub fn devices(&self) -> &BTreeMap<u32, DeviceKeys> {
        &self.devices
    }

    /// What safety numbers are made of: the identity keys of the devices, or the simple key of a person without any.
    pub fn identity_keys(&self) -> Vec<PublicKey> {
        if self.devices.is_empty() {
            return self.public_key().map(|(_, key)| key).into_iter().collect();
        }
        self.devices.values().map(|device| device.identity).collect()
    }

    /// Takes what the log says after the head, in order. The head itself may be repeated as the first line, which shows that
    /// it still is what it was.
    ///
    /// # Errors
    ///
    /// As [`KeyLogError`] says; then nothing was taken.
    pub fn follow(&mut self, lines: &[Line]) -> Result<Vec<KeyChange>, KeyLogError> {
        let mut next = self.clone();
        let mut changes = Vec::new();
        for line in lines {
            if line.number == next.head.number && line.hash == next.head.hash {
                continue;
            }
            if line.number != next.head.number + 1 || line.previous != next.head.hash {
                return Err(KeyLogError::Rewritten(line.number));
            }
            if line.computed_hash()? != line.hash {
                return Err(KeyLogError::Forged(line.number));
            }
            changes.push(next.take(line).ok_or(KeyLogError::Malformed(line.number))?);
            next.head = Head {
                number: line.number,
                hash: line.hash.clone(),
            };
        }
        *self = next;
        Ok(changes)
    }

    fn take(&mut self, line: &Line) -> Option<KeyChange> {
        match (line.kind.as_str(), line.keys.as_slice()) {
            ("public-key", [key]) => {
                let version = u32::try_from(line.version).ok()?;
                let newer = self.public_key().is_none_or(|(last, _)| version > last);
                newer.then(|| self.public_keys.insert(version, *key))?;
                Some(KeyChange::PublicKey(version))
            }
            ("device-added", &[identity, agreement]) => {
                let keys = DeviceKeys { identity, agreement };
                let before = self.devices.insert(line.device, keys);
                before.is_none().then_some(KeyChange::DeviceAdded(line.device))
            }
            ("device-removed", []) => {
                self.devices.remove(&line.device)?;
                Some(KeyChange::DeviceRemoved(line.device))
            }
            _ => None,
        }
    }
}
