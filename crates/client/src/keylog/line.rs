use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::KeyLogError;
use crate::key::PublicKey;

/// One line of a key log, as the server tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// From 1 on, without holes.
    pub number: u64,
    /// `public-key`, `device-added` or `device-removed`.
    pub kind: String,
    /// The device that it is about; 0 for the simple public key.
    #[serde(default)]
    pub device: u32,
    /// Of the simple public key.
    #[serde(default)]
    pub version: u64,
    /// The public key, or the identity key and the agreement key of a device.
    #[serde(default)]
    pub keys: Vec<PublicKey>,
    /// When (RFC 3339); microseconds count.
    pub at: String,
    /// The hash of the line before, in hexadecimal digits.
    pub previous: String,
    /// SHA-256 over all of this, in hexadecimal digits.
    pub hash: String,
}

impl Line {
    /// What `hash` must be.
    ///
    /// # Errors
    ///
    /// [`KeyLogError::Malformed`] when a field cannot be written as the hash takes it.
    pub fn computed_hash(&self) -> Result<String, KeyLogError> {
        let hash = self.bytes().map(|bytes| hex::encode(Sha256::digest(bytes)));
        hash.ok_or(KeyLogError::Malformed(self.number))
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = hex::decode(&self.previous).ok().filter(|hash| hash.len() == 32)?;
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.push(u8::try_from(self.kind.len()).ok()?);
        bytes.extend_from_slice(self.kind.as_bytes());
        bytes.extend_from_slice(&self.device.to_be_bytes());
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes.push(u8::try_from(self.keys.len()).ok()?);
        for key in &self.keys {
            bytes.extend_from_slice(key.as_bytes());
        }
        let at = OffsetDateTime::parse(&self.at, &Rfc3339).ok()?.unix_timestamp_nanos() / 1_000;
        bytes.extend_from_slice(&i64::try_from(at).ok()?.to_be_bytes());
        Some(bytes)
    }
}
