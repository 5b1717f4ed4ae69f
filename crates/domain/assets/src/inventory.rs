use async_trait::async_trait;
use tenon_kernel::{
    Act, AssetId, Created, Expected, OrganizationId, Page, Principal, Remembered, Role, Unavailable, UserId, Version,
};

use crate::{Asset, Listing, Position};

/// Which assets of an organization somebody works with: their own, or all of it from admin on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The tenant.
    pub organization: OrganizationId,
    /// Only this user's; everybody's without it.
    pub owner: Option<UserId>,
}

impl Scope {
    /// What `by` sees.
    pub fn of(by: &Principal) -> Self {
        let owner = (by.role < Role::Admin).then_some(by.user);
        Self {
            organization: by.organization,
            owner,
        }
    }
}

/// Why an asset was not inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertError {
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

/// Why an asset was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The scope has no such asset.
    #[error("no such asset")]
    NotFound,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
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

/// The store of assets.
///
/// Every method MUST treat an asset outside of the scope as one that does not exist. What changes an asset MUST store the
/// activity of it too, or nothing.
#[async_trait]
pub trait Inventory: Send + Sync {
    /// Stores an asset that is entered by `act`.
    ///
    /// - MUST store it, what it is found by, and what is to be remembered, or nothing.
    /// - MUST return the kept answer instead when the request was remembered before, and MUST store one asset when equal
    ///   requests race.
    /// - MUST refuse a site that the organization does not have, and a unit that the site does not have.
    async fn insert(&self, asset: &Asset, act: Act, remember: Option<&Remembered>) -> Result<Created<()>, InsertError>;

    /// One asset.
    async fn find(&self, scope: &Scope, asset: AssetId) -> Result<Option<Asset>, Unavailable>;

    /// A page of assets.
    ///
    /// - MUST return each asset that exists all the while exactly once over all pages, whatever else is inserted or deleted.
    /// - MUST cost the same at any depth, as long as no search is asked for.
    async fn list(&self, scope: &Scope, listing: &Listing) -> Result<Page<Asset, Position>, Unavailable>;

    /// Replaces an asset that was read as `before`, if it still has that version.
    ///
    /// - MUST let exactly one of any number of concurrent replacements of a version succeed.
    /// - MUST refuse a site that the organization does not have, and a unit that the site does not have.
    async fn replace(&self, scope: &Scope, before: &Asset, after: &Asset, act: Act) -> Result<(), ReplaceError>;

    /// Deletes an asset; [`Expected::Any`] deletes it whatever its version is.
    async fn delete(&self, scope: &Scope, asset: AssetId, expected: Expected, act: Act) -> Result<(), ReplaceError>;
}
