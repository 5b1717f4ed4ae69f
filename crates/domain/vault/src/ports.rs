use std::collections::BTreeMap;

use async_trait::async_trait;
use tenon_kernel::{
    ChangeError, CreateError, Created, CredentialId, Entry, Expected, KeyId, OrganizationId, Page, PageRequest,
    Remembered, Sealed, Slot, Timestamp, Unavailable, Version,
};

use crate::{Credential, CredentialKind, CredentialName};

/// What a credential becomes.
#[derive(Debug, Clone)]
pub struct Replacement {
    pub name: CredentialName,
    /// As before.
    pub kind: CredentialKind,
    pub sealed: Sealed,
    pub at: Timestamp,
}

/// Why a credential was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// It is of another kind.
    #[error("the credential is of another kind")]
    OtherKind,
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl From<Unavailable> for ReplaceError {
    fn from(error: Unavailable) -> Self {
        Self::Change(error.into())
    }
}

/// Why a credential was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// The organization has none such.
    #[error("no such credential")]
    NotFound,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// Something refers to it.
    #[error("the credential is in use")]
    InUse,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<ChangeError> for RemoveError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::NotFound,
            ChangeError::Stale(version) => Self::Stale(version),
            ChangeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// The credentials of organizations. Every method is confined to the given organization.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// Stores a credential with its secret, the entry and what is to be remembered, or returns the kept answer.
    async fn create(
        &self,
        credential: &Credential,
        sealed: &Sealed,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, CreateError>;

    /// One credential.
    async fn find(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
    ) -> Result<Option<Credential>, Unavailable>;

    /// All credentials, in order of creation.
    async fn list(
        &self,
        organization: OrganizationId,
        page: &PageRequest<CredentialId>,
    ) -> Result<Page<Credential, CredentialId>, Unavailable>;

    /// The kind of a credential and its secret, both of one moment.
    async fn sealed(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
    ) -> Result<Option<(CredentialKind, Sealed)>, Unavailable>;

    /// Changes name and secret at once, counts the version up and stores the entry; nothing when the version is not the expected one. MUST refuse
    /// another kind.
    async fn replace(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
        replacement: &Replacement,
        expected: Expected,
        entry: &Entry,
    ) -> Result<Credential, ReplaceError>;

    /// Removes a credential and stores the entry. MUST refuse while something refers to it.
    async fn remove(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
        expected: Expected,
        entry: &Entry,
    ) -> Result<(), RemoveError>;
}

/// The wrapped data key of a sealed record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapping {
    pub slot: Slot,
    pub key: KeyId,
    pub wrapped: Vec<u8>,
}

/// A data key that was wrapped anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrapped {
    pub before: Wrapping,
    pub key: KeyId,
    pub wrapped: Vec<u8>,
}

/// The data keys of all sealed records, in whatever table they are.
#[async_trait]
pub trait Wrappings: Send + Sync {
    /// How many records each master key wraps.
    async fn count(&self) -> Result<BTreeMap<KeyId, u64>, Unavailable>;

    /// Up to `most` of the records that `key` wraps, in an order that stays, after the one in the slot `after`.
    async fn under(&self, key: &KeyId, after: Option<&Slot>, most: usize) -> Result<Vec<Wrapping>, Unavailable>;

    /// Puts data keys that were wrapped anew in the place of those before. MUST leave a record as it is that has another data key or
    /// another wrapping by now. All are kept, or none.
    async fn rewrap(&self, rewrapped: &[Rewrapped]) -> Result<(), Unavailable>;
}
