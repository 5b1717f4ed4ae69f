use tenon_kernel::{Invalid, Unavailable, Version};

use crate::{InsertError, ReplaceError};

/// Why an asset was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateAssetError {
    /// A viewer changes nothing.
    #[error("viewers may not create assets")]
    ReadOnly,
    /// There is no such organization any more.
    #[error("its organization is gone")]
    OrganizationGone,
    /// The organization has no such site.
    #[error("no such site")]
    UnknownSite,
    /// The site has no such unit.
    #[error("no such unit in the site")]
    UnknownUnit,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why an asset was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadAssetError {
    /// The member sees no such asset.
    #[error("no such asset")]
    NotFound,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why an asset was not changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ChangeAssetError {
    /// A viewer changes nothing.
    #[error("viewers may not change assets")]
    ReadOnly,
    /// The member sees no such asset.
    #[error("no such asset")]
    NotFound,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// The asset would break a rule.
    #[error("the change is refused: {0}")]
    Refused(Invalid),
    /// The organization has no such site.
    #[error("no such site")]
    UnknownSite,
    /// The site has no such unit.
    #[error("no such unit in the site")]
    UnknownUnit,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<InsertError> for CreateAssetError {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::OrganizationGone => Self::OrganizationGone,
            InsertError::UnknownSite => Self::UnknownSite,
            InsertError::UnknownUnit => Self::UnknownUnit,
            InsertError::KeyReused => Self::KeyReused,
            InsertError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<ReplaceError> for ChangeAssetError {
    fn from(error: ReplaceError) -> Self {
        match error {
            ReplaceError::NotFound => Self::NotFound,
            ReplaceError::Stale(version) => Self::Stale(version),
            ReplaceError::UnknownSite => Self::UnknownSite,
            ReplaceError::UnknownUnit => Self::UnknownUnit,
            ReplaceError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
