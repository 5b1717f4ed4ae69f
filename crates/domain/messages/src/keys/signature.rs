use std::fmt;

use tenon_kernel::Invalid;

use super::base64;
use super::{IdentityKey, PrekeyId, PublicKey};

/// A signature of Ed25519 (RFC 8032).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Reads canonical base64.
    ///
    /// # Errors
    ///
    /// `invalid_base64`, `invalid_signature_length`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self(base64::decode(text, "invalid_signature_length")?))
    }

    /// Takes the 64 bytes.
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64::encode(&self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}

/// What a device signs with its identity key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    AgreementKey,
    SignedPrekey,
    OneTimePrekey,
    LastResortPrekey,
}

impl Signed {
    /// The text that is signed, so that no signature serves for another key, another id or another purpose.
    pub fn text(self, id: PrekeyId, key: &PublicKey) -> String {
        format!("tenon.v1 {} {id} {key}", self.as_str())
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::AgreementKey => "agreement-key",
            Self::SignedPrekey => "signed-prekey",
            Self::OneTimePrekey => "one-time-prekey",
            Self::LastResortPrekey => "last-resort-prekey",
        }
    }
}

/// The part of an upload that a signature belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedPart {
    AgreementKey,
    SignedPrekey,
    /// The one at this place of the list, from 0.
    OneTimePrekey(usize),
    LastResortPrekey,
}

/// Checks what Ed25519 signs.
pub trait Signatures: Send + Sync {
    /// Whether a key can be an identity.
    ///
    /// - MUST refuse what is no point of the curve with `invalid_key`, and a point of low order, with which a signature can be made
    ///   for nearly any text, with `low_order_key`.
    fn examine(&self, key: &IdentityKey) -> Result<(), Invalid>;

    /// Whether the holder of the key signed the text.
    ///
    /// - MUST be false when the key or the signature's own point is of low order, or its scalar is not reduced.
    fn verify(&self, key: &IdentityKey, text: &str, signature: &Signature) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_names_its_purpose_its_id_and_the_key() {
        let key = PublicKey::new([7; 32]).unwrap();
        assert_eq!(
            Signed::OneTimePrekey.text(PrekeyId::new(4_294_967_295).unwrap(), &key),
            "tenon.v1 one-time-prekey 4294967295 BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
        );
    }

    #[test]
    fn a_signature_has_64_bytes() {
        assert_eq!(
            Signature::parse(&base64::encode(&[1; 63])).unwrap_err().code,
            "invalid_signature_length"
        );
        let text = base64::encode(&[1; 64]);
        assert_eq!(Signature::parse(&text).unwrap().to_string(), text);
    }
}
