//! The device mode: every device has keys of its own, and a double ratchet (Olm, by `vodozemac`) to each device that it writes
//! to. What was read once cannot be read again with the keys that are left, and a session heals itself after a theft.

mod channel;
mod content;
mod letter;
mod own;
mod signed;

#[cfg(test)]
mod tests;

pub use channel::Channel;
pub use content::DeviceContent;
pub use letter::{Envelope, Letter};
pub use own::{OwnDevice, PrekeyUpload, Registration};
pub use signed::{ClaimedDevice, ClaimedPrekey, Prekey, PrekeyKind, PublicDevice, Purpose, SignedKey, WrongSignature};

/// The `kind` that messages of this mode are sent with.
pub const KIND: &str = "olm";

/// Why nothing was sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The content is not what this mode writes.
    #[error("the content is not of the device mode")]
    Malformed,
    /// There is no session with that device in which the content could be opened.
    #[error("there is no session for the content")]
    NoSession,
    /// The ratchet refused: changed, opened before, or sealed with a key that is not ours.
    #[error("the content does not open: {0}")]
    Refused(String),
    /// What was inside speaks of another sender, recipient or device than the envelope.
    #[error("the letter is not of its envelope")]
    Mismatch,
    /// A key is not signed by the device that it is said to be of.
    #[error(transparent)]
    Signature(#[from] WrongSignature),
    /// What was stored of a device or a session cannot be read.
    #[error("what is stored of the device cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
}
