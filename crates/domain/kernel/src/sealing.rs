use std::fmt;

use zeroize::Zeroizing;

use crate::{OrganizationId, Unavailable};

/// Encrypts what is kept, so that a copy of the database does not show it.
pub trait Seal: Send + Sync {
    /// Seals `plain`; only the same `context` opens it again.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] without randomness.
    fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, Unavailable>;

    /// # Errors
    ///
    /// [`Unavailable`] when the bytes were changed, sealed for another context, or with another key.
    fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, Unavailable>;
}

/// Names a master key: the first 16 hexadecimal digits of a digest of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub String);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a secret is kept. What is sealed for one place does not open in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Nobody's, when it is not known yet whose it is.
    pub organization: Option<OrganizationId>,
    pub table: &'static str,
    pub column: &'static str,
    pub row: uuid::Uuid,
}

impl Slot {
    /// The associated data: `organization|table|column|row`.
    pub fn context(&self) -> String {
        let organization = self.organization.map(|id| id.to_string()).unwrap_or_default();
        format!("{organization}|{}|{}|{}", self.table, self.column, self.row)
    }
}

/// A secret under a data key of its own, which is wrapped by a master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The master key that wraps the data key.
    pub key: KeyId,
    /// The data key: nonce, ciphertext, tag.
    pub wrapped: Vec<u8>,
    /// The secret: nonce, ciphertext, tag.
    pub text: Vec<u8>,
}

/// Why a sealed secret did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No key of this name is at hand.
    #[error("the key {0} is not in the key ring")]
    UnknownKey(KeyId),
    /// It was changed, or belongs elsewhere.
    #[error("the sealed bytes do not open")]
    Forged,
    /// The keys cannot be read.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl OpenError {
    /// Why it may open later; nothing when it never will.
    pub fn later(self) -> Option<Unavailable> {
        match self {
            Self::Forged => None,
            error @ Self::UnknownKey(_) => Some(Unavailable::new("the key ring", error)),
            Self::Unavailable(error) => Some(error),
        }
    }
}

/// The master keys, one of which seals while all of them open. Work is that of the processor alone, unless a key is not known and its
/// file is read again.
pub trait Keyring: Send + Sync {
    /// Seals `plain` for `slot`.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] without randomness.
    fn seal(&self, plain: &[u8], slot: &Slot) -> Result<Sealed, Unavailable>;

    /// Opens what was sealed for `slot`.
    ///
    /// # Errors
    ///
    /// As [`OpenError`] says.
    fn open(&self, sealed: &Sealed, slot: &Slot) -> Result<Zeroizing<Vec<u8>>, OpenError>;

    /// The same data key, wrapped by the key that seals now. The secret itself is not touched.
    ///
    /// # Errors
    ///
    /// As [`OpenError`] says.
    fn rewrap(&self, key: &KeyId, wrapped: &[u8], slot: &Slot) -> Result<(KeyId, Vec<u8>), OpenError>;

    /// The key that seals now.
    fn current(&self) -> KeyId;
}
