use tenon_kernel::{
    Created, Expected, Id, Member, Once, OrganizationId, Page, PageRequest, Principal, Role, SiteId, Version,
};

use super::{PlaceError, Places};
use crate::tenancy::require;
use crate::{PlaceName, Site};

impl Places {
    /// Makes a site; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`PlaceError`] says.
    pub async fn create_site(
        &self,
        member: &Member,
        organization: OrganizationId,
        name: PlaceName,
        once: Once<'_, Site>,
    ) -> Result<Created<Site>, PlaceError> {
        require(member, organization, Role::Admin)?;
        let now = self.clock.now();
        let version = Version::FIRST;
        let site = Site {
            id: Id::at(now),
            organization,
            name,
            version,
            created_at: now,
            updated_at: now,
        };
        let remember = once.remember(&site, now)?;
        Ok(match self.sites.create(&site, member.user, remember.as_ref()).await? {
            Created::Now(()) => Created::Now(site),
            Created::Before(answer) => Created::Before(answer),
        })
    }

    /// The sites of the organization.
    ///
    /// # Errors
    ///
    /// [`PlaceError::Denied`] for another organization.
    pub async fn sites(
        &self,
        by: &Principal,
        organization: OrganizationId,
        page: &PageRequest<SiteId>,
    ) -> Result<Page<Site, SiteId>, PlaceError> {
        require(by, organization, Role::Viewer)?;
        Ok(self.sites.list(organization, page).await?)
    }

    /// One site.
    ///
    /// # Errors
    ///
    /// [`PlaceError::NotFound`].
    pub async fn site(&self, by: &Principal, organization: OrganizationId, site: SiteId) -> Result<Site, PlaceError> {
        require(by, organization, Role::Viewer)?;
        self.sites.find(organization, site).await?.ok_or(PlaceError::NotFound)
    }

    /// Renames a site; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`PlaceError`] says.
    pub async fn rename_site(
        &self,
        member: &Member,
        organization: OrganizationId,
        site: SiteId,
        name: &PlaceName,
        expected: Expected,
    ) -> Result<Site, PlaceError> {
        require(member, organization, Role::Admin)?;
        Ok(self
            .sites
            .rename(organization, site, name, expected, member.act(self.clock.now()))
            .await?)
    }

    /// Removes a site that nothing is in; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`PlaceError`] says.
    pub async fn remove_site(
        &self,
        member: &Member,
        organization: OrganizationId,
        site: SiteId,
        expected: Expected,
    ) -> Result<(), PlaceError> {
        require(member, organization, Role::Admin)?;
        let act = member.act(self.clock.now());
        Ok(self.sites.remove(organization, site, expected, act).await?)
    }
}
