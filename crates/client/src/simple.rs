//! The simple mode: one X25519 key a person, HKDF-SHA256, AES-256-GCM. A browser's WebCrypto does all of it.
//!
//! Both ends derive the same key from their own private and the other's public key, so the sender can read their own copies.
//! There is no forward secrecy: whoever gets one of the two private keys reads everything that was ever sealed with it.

mod agreement;
mod secret;

#[cfg(test)]
mod tests;

pub use agreement::{Agreement, Labels, Versions};
pub use secret::SimpleSecret;

use crate::encoding::NoRandomness;

/// The `kind` that messages of this mode are sent with.
pub const KIND: &str = "simple";

/// Why nothing was sealed or opened. It does not say which part was wrong: that would help only an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SimpleError {
    /// The other's public key is of low order, so that the agreement would be known to everybody.
    #[error("the public key is not good for an agreement")]
    WeakKey,
    /// The content is not what this mode writes.
    #[error("the content is not of the simple mode")]
    Malformed,
    /// The content was changed, or was sealed by somebody else, for somebody else, or as another message.
    #[error("the content does not open")]
    Forged,
    /// See [`NoRandomness`].
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}
