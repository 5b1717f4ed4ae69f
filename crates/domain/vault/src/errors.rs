use tenon_kernel::{ChangeError, CreateError, OpenError, Role, Unavailable, Version};

use crate::{RemoveError, ReplaceError};

/// Why a credential was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// It takes this role.
    #[error("it takes the role {0}")]
    Role(Role),
    /// The organization has none such.
    #[error("no such credential")]
    NotFound,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// It is of another kind than what is to replace it.
    #[error("the credential is of another kind")]
    OtherKind,
    /// Something works with it.
    #[error("the credential is in use")]
    InUse,
    /// The organization it was to belong to is not there any more.
    #[error("its organization is gone")]
    OrganizationGone,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer, or there was no randomness.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<CreateError> for CredentialError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::OrganizationGone => Self::OrganizationGone,
            CreateError::KeyReused => Self::KeyReused,
            CreateError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<ReplaceError> for CredentialError {
    fn from(error: ReplaceError) -> Self {
        match error {
            ReplaceError::OtherKind => Self::OtherKind,
            ReplaceError::Change(ChangeError::NotFound) => Self::NotFound,
            ReplaceError::Change(ChangeError::Stale(version)) => Self::Stale(version),
            ReplaceError::Change(ChangeError::Unavailable(error)) => Self::Unavailable(error),
        }
    }
}

impl From<RemoveError> for CredentialError {
    fn from(error: RemoveError) -> Self {
        match error {
            RemoveError::NotFound => Self::NotFound,
            RemoveError::Stale(version) => Self::Stale(version),
            RemoveError::InUse => Self::InUse,
            RemoveError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// Why the secret of a credential was not had.
#[derive(Debug, thiserror::Error)]
pub enum OpenCredentialError {
    /// The organization has no such credential.
    #[error("no such credential")]
    NotFound,
    /// It was changed, belongs elsewhere, or its key is not at hand.
    #[error("the credential does not open")]
    Sealed(#[from] OpenError),
    /// It opens, and is not what a credential of its kind consists of.
    #[error("the credential is not what it should be")]
    Unsound,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
