use tenon_assets::{ChangeAssetError, CreateAssetError, ReadAssetError};

use super::*;

impl ApiError {
    pub(super) fn unknown_site() -> Self {
        Self::field(
            "siteId",
            Invalid::new("not_found", "The organization has no such site."),
        )
    }

    fn unknown_unit() -> Self {
        Self::field("unitId", Invalid::new("not_found", "The site has no such unit."))
    }

    fn read_only() -> Self {
        Self::new(&INSUFFICIENT_ROLE).detail("It takes the role member.")
    }
}

impl From<CreateAssetError> for ApiError {
    fn from(error: CreateAssetError) -> Self {
        match error {
            CreateAssetError::ReadOnly => Self::read_only(),
            CreateAssetError::OrganizationGone => Self::new(&ORGANIZATION_NOT_FOUND),
            CreateAssetError::UnknownSite => Self::unknown_site(),
            CreateAssetError::UnknownUnit => Self::unknown_unit(),
            CreateAssetError::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            CreateAssetError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReadAssetError> for ApiError {
    fn from(error: ReadAssetError) -> Self {
        match error {
            ReadAssetError::NotFound => Self::new(&ASSET_NOT_FOUND),
            ReadAssetError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ChangeAssetError> for ApiError {
    fn from(error: ChangeAssetError) -> Self {
        match error {
            ChangeAssetError::ReadOnly => Self::read_only(),
            ChangeAssetError::NotFound => Self::new(&ASSET_NOT_FOUND),
            ChangeAssetError::Stale(version) => Self::stale(version),
            ChangeAssetError::Refused(invalid) => Self::field("unitId", invalid),
            ChangeAssetError::UnknownSite => Self::unknown_site(),
            ChangeAssetError::UnknownUnit => Self::unknown_unit(),
            ChangeAssetError::Unavailable(error) => error.into(),
        }
    }
}
