use tenon_kernel::{ChangeError, CreateError, Unavailable, Version};

use crate::{Denied, RemoveError, UnitCreateError};

/// Why a site or unit was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The organization has none such.
    #[error("no such place")]
    NotFound,
    /// The organization has no such site to put a unit in.
    #[error("no such site")]
    UnknownSite,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// Units or assets are in it.
    #[error("the place is in use")]
    InUse,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<ChangeError> for PlaceError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::NotFound,
            ChangeError::Stale(version) => Self::Stale(version),
            ChangeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<CreateError> for PlaceError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::OrganizationGone => Self::Denied(Denied::OtherOrganization),
            CreateError::KeyReused => Self::KeyReused,
            CreateError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<UnitCreateError> for PlaceError {
    fn from(error: UnitCreateError) -> Self {
        match error {
            UnitCreateError::UnknownSite => Self::UnknownSite,
            UnitCreateError::KeyReused => Self::KeyReused,
            UnitCreateError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<RemoveError> for PlaceError {
    fn from(error: RemoveError) -> Self {
        match error {
            RemoveError::NotFound => Self::NotFound,
            RemoveError::Stale(version) => Self::Stale(version),
            RemoveError::InUse => Self::InUse,
            RemoveError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
