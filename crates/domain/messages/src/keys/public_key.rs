use std::fmt;

use tenon_kernel::{Invalid, Timestamp, UserId, Version};

use super::base64;

/// A public key of X25519 (RFC 7748) with which an agreement can be secret: none of low order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

/// The u-coordinates, little-endian, of the points of Curve25519 and its twist whose order divides 8, and the two among them that
/// have a second form below 2^255: an agreement with any of them gives zero, whatever the private key is (RFC 7748, section 6.1).
const LOW_ORDER: [[u8; 32]; 7] = [
    // 0 and 1.
    small(0),
    small(1),
    // 325606250916557431795983626356110631294008115727848805560023387167927233504 and
    // 39382357235489614581723060781553021112529911719440698176882885853963445705823, of order 8.
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
        0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
        0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
    // p - 1, p and p + 1, where p is 2^255 - 19.
    near_p(0xec),
    near_p(0xed),
    near_p(0xee),
];

const fn small(number: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = number;
    bytes
}

const fn near_p(lowest: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = lowest;
    bytes[31] = 0x7f;
    bytes
}

impl PublicKey {
    /// Reads canonical base64.
    ///
    /// # Errors
    ///
    /// `invalid_base64`, `invalid_key_length`, and that of [`PublicKey::new`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::new(base64::decode(text, "invalid_key_length")?)
    }

    /// # Errors
    ///
    /// `low_order_key`, in any of its encodings: the topmost bit means nothing (RFC 7748, section 5), and neither does how often p
    /// was added.
    pub fn new(bytes: [u8; 32]) -> Result<Self, Invalid> {
        let mut coordinate = bytes;
        if let Some(topmost) = coordinate.last_mut() {
            *topmost &= 0x7f;
        }
        if LOW_ORDER.contains(&coordinate) {
            return Err(low_order());
        }
        Ok(Self(bytes))
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What is said of a key with which everybody would share the same secret, or sign anything.
pub(super) fn low_order() -> Invalid {
    Invalid::new(
        "low_order_key",
        "Is a point of low order, which keeps nothing secret: make another key.",
    )
}

/// A public key of Ed25519 (RFC 8032), which signs the other keys of a device. That it can is for [`super::Signatures`] to say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey([u8; 32]);

impl IdentityKey {
    /// Reads canonical base64.
    ///
    /// # Errors
    ///
    /// `invalid_base64`, `invalid_key_length`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self(base64::decode(text, "invalid_key_length")?))
    }

    /// Takes the 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

macro_rules! shown_as_base64 {
    ($($name:ident)+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&base64::encode(&self.0))
            }
        }

        // Keys are in no log.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

shown_as_base64! { PublicKey IdentityKey }

/// The simple public key of a user, as it is since a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyVersion {
    /// Whose.
    pub user: UserId,
    /// The key.
    pub key: PublicKey,
    /// Counts the keys that the user had, from 1.
    pub version: Version,
    /// When it became the user's.
    pub changed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_of_low_order_is_refused_in_each_of_its_encodings() {
        for mut point in LOW_ORDER {
            assert_eq!(PublicKey::new(point).unwrap_err().code, "low_order_key");
            point[31] |= 0x80;
            assert_eq!(
                PublicKey::parse(&base64::encode(&point)).unwrap_err().code,
                "low_order_key"
            );
        }
    }

    #[test]
    fn their_neighbours_are_keys() {
        for bytes in [small(2), small(9), near_p(0xeb), near_p(0xef)] {
            assert_eq!(PublicKey::new(bytes).unwrap().as_bytes(), &bytes);
        }
    }

    #[test]
    fn a_key_is_shown_where_it_is_asked_for_and_not_in_logs() {
        let text = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e//8=";
        let key = PublicKey::parse(text).unwrap();
        assert_eq!(key.to_string(), text);
        assert_eq!(format!("{key:?}"), "PublicKey(..)");
        assert_eq!(IdentityKey::parse("AAAA").unwrap_err().code, "invalid_key_length");
    }
}
