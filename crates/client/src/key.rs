use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::encoding;

/// A public key of 32 bytes: X25519 (RFC 7748), or Ed25519 (RFC 8032) where it is an identity key. On the wire and in text it is
/// canonical base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key with these bytes, whatever they are: whether it is good for an agreement is found out by agreeing.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads canonical base64 of exactly 32 bytes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(encoding::decode(text)?.try_into().ok()?))
    }

    /// The key's bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not canonical base64 of 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_canonical_base64_of_32_bytes_alone() {
        let key = PublicKey::new([7; 32]);
        let text = key.to_string();
        assert_eq!(PublicKey::parse(&text), Some(key));
        let loose = text.replace("c=", "d=");
        assert_ne!(loose, text);
        for wrong in [
            loose.as_str(),
            text.trim_end_matches('='),
            "",
            "AAAA",
            &format!("{text}\n"),
        ] {
            assert_eq!(PublicKey::parse(wrong), None, "{wrong:?}");
        }
    }
}
