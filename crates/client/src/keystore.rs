//! What a client keeps: keys, sessions, tokens, the outbox and what was said, in a folder that its user alone can read.
//!
//! Changes are appended to a file, each of them whole or not at all, and are on the disk before whoever made them goes on. When
//! the file has grown, it is replaced by one with what is left. A process that is killed at any time loses nothing that was
//! stored. With a passphrase everything is sealed with AES-256-GCM under a key that argon2id protects.

mod changes;
mod folder;
mod frames;
mod history;
mod seal;
mod store;

#[cfg(test)]
mod tests;

use std::io;

pub use changes::Changes;
pub use history::History;
pub use store::Store;

use crate::encoding::NoRandomness;

/// Why something was not stored or not read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the folder.
    #[error("another process uses the folder")]
    InUse,
    /// The folder is sealed, and no passphrase was given.
    #[error("the folder is sealed: it takes a passphrase")]
    PassphraseNeeded,
    /// The passphrase is a different one, or the folder is not sealed.
    #[error("the passphrase does not open the folder")]
    WrongPassphrase,
    /// The folder was made by a version of this client that writes its files in another way.
    #[error("the folder was made by another version of this client: it is written in format {0}")]
    OtherVersion(u32),
    /// A file is not as it was written. It is left as it is.
    #[error("{0} is damaged, and was left as it is")]
    Damaged(String),
    /// Writing failed before in a way that leaves the end of the file unknown; opening the folder again sets that right.
    #[error("an earlier write failed: open the folder again")]
    Poisoned,
    /// The file system refused.
    #[error("the file system refused: {0}")]
    Io(#[from] io::Error),
    /// See [`NoRandomness`].
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}
