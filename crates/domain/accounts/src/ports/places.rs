use async_trait::async_trait;
use tenon_kernel::{
    Act, ChangeError, CreateError, Created, Expected, OrganizationId, Page, PageRequest, Remembered, SiteId,
    Unavailable, UnitId, UserId, Version,
};

use crate::{PlaceName, Site, Unit};

/// Why a place was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// The organization has none such.
    #[error("no such place")]
    NotFound,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// Units or assets are in it.
    #[error("the place is in use")]
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

/// Why a unit was not created.
#[derive(Debug, thiserror::Error)]
pub enum UnitCreateError {
    /// The organization has no such site.
    #[error("no such site")]
    UnknownSite,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The sites of organizations. Every method is confined to the given organization; what changes a site MUST store the
/// activity of it too, or nothing.
#[async_trait]
pub trait Sites: Send + Sync {
    /// Stores a site, and what is to be remembered, or returns the kept answer.
    async fn create(&self, site: &Site, by: UserId, remember: Option<&Remembered>) -> Result<Created<()>, CreateError>;

    /// One site.
    async fn find(&self, organization: OrganizationId, site: SiteId) -> Result<Option<Site>, Unavailable>;

    /// All sites, in order of creation.
    async fn list(
        &self,
        organization: OrganizationId,
        page: &PageRequest<SiteId>,
    ) -> Result<Page<Site, SiteId>, Unavailable>;

    /// Changes the name and counts the version up; nothing when the version is not the expected one.
    async fn rename(
        &self,
        organization: OrganizationId,
        site: SiteId,
        name: &PlaceName,
        expected: Expected,
        act: Act,
    ) -> Result<Site, ChangeError>;

    /// Removes a site. MUST refuse while units or assets are in it.
    async fn remove(
        &self,
        organization: OrganizationId,
        site: SiteId,
        expected: Expected,
        act: Act,
    ) -> Result<(), RemoveError>;
}

/// The units of sites. Every method is confined to the given organization; what changes a unit MUST store the activity of it
/// too, or nothing.
#[async_trait]
pub trait Units: Send + Sync {
    /// Stores a unit of an existing site of its organization, and what is to be remembered, or returns the kept answer.
    async fn create(
        &self,
        unit: &Unit,
        by: UserId,
        remember: Option<&Remembered>,
    ) -> Result<Created<()>, UnitCreateError>;

    /// One unit.
    async fn find(&self, organization: OrganizationId, unit: UnitId) -> Result<Option<Unit>, Unavailable>;

    /// All units, or those of one site, in order of creation.
    async fn list(
        &self,
        organization: OrganizationId,
        site: Option<SiteId>,
        page: &PageRequest<UnitId>,
    ) -> Result<Page<Unit, UnitId>, Unavailable>;

    /// Changes the name and counts the version up; nothing when the version is not the expected one.
    async fn rename(
        &self,
        organization: OrganizationId,
        unit: UnitId,
        name: &PlaceName,
        expected: Expected,
        act: Act,
    ) -> Result<Unit, ChangeError>;

    /// Removes a unit. MUST refuse while assets are in it.
    async fn remove(
        &self,
        organization: OrganizationId,
        unit: UnitId,
        expected: Expected,
        act: Act,
    ) -> Result<(), RemoveError>;
}
