#[cfg(test)]
mod tests;

use ed25519_dalek::{Signature as Signed, VerifyingKey};
use tenon_kernel::Invalid;
use tenon_messages::keys::{IdentityKey, Signature, Signatures};

/// Signatures of RFC 8032, checked so that there is one valid signature for a text and a key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ed25519;

impl Signatures for Ed25519 {
    fn examine(&self, key: &IdentityKey) -> Result<(), Invalid> {
        let point = VerifyingKey::from_bytes(key.as_bytes())
            .map_err(|_| Invalid::new("invalid_key", "Must be a public key of Ed25519."))?;
        if point.is_weak() {
            let message = "Is a point of low order, with which anybody can sign: make another key.";
            return Err(Invalid::new("low_order_key", message));
        }
        Ok(())
    }

    fn verify(&self, key: &IdentityKey, text: &str, signature: &Signature) -> bool {
        VerifyingKey::from_bytes(key.as_bytes()).is_ok_and(|key| {
            key.verify_strict(text.as_bytes(), &Signed::from_bytes(signature.as_bytes()))
                .is_ok()
        })
    }
}
