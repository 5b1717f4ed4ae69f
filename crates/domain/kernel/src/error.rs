use std::borrow::Cow;
use std::error::Error;

use crate::Version;

/// A value that breaks the rules of its type; the message is meant for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// Stable, in snake case, part of the API.
    pub code: &'static str,
    /// One sentence that says what would be right.
    pub message: Cow<'static, str>,
}

impl Invalid {
    /// An error with a stable code and a sentence for the sender.
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Something Tenon depends on did not do its part: a database, a pool, a key file. Nothing was changed, or whether it
/// was is unknown; the caller may ask again.
#[derive(Debug, thiserror::Error)]
#[error("{what} is unavailable")]
pub struct Unavailable {
    /// What failed: `database`, `hashing`.
    pub what: &'static str,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl Unavailable {
    /// `what` failed because of `source`.
    pub fn new(what: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            what,
            source: source.into(),
        }
    }
}

/// Why a versioned resource was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is none, or it is another tenant's.
    #[error("not found")]
    NotFound,
    /// It has another version than the change was made for.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a resource was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// What it was to belong to is not there any more.
    #[error("its organization is gone")]
    OrganizationGone,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
