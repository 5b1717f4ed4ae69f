use async_trait::async_trait;
use tenon_kernel::{OrganizationId, SiteId, Unavailable, UnitId, UserId};

/// What organizations consist of, as far as rooms need to know.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Whether the organization has the site. MUST be false for a site of another organization.
    async fn has_site(&self, organization: OrganizationId, site: SiteId) -> Result<bool, Unavailable>;

    /// Whether the organization has the unit. MUST be false for a unit of another organization.
    async fn has_unit(&self, organization: OrganizationId, unit: UnitId) -> Result<bool, Unavailable>;

    /// Whether the user is a member of the organization. MUST be false for those who are members of others only.
    async fn has_member(&self, organization: OrganizationId, user: UserId) -> Result<bool, Unavailable>;
}
