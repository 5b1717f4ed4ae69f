use tenon_kernel::{
    Created, Expected, Id, Member, Once, OrganizationId, Page, PageRequest, Principal, Role, SiteId, UnitId, Version,
};

use super::{PlaceError, Places};
use crate::tenancy::require;
use crate::{PlaceName, Unit, UnitDraft};

impl Places {
    /// Makes a unit of a site; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`PlaceError`] says.
    pub async fn create_unit(
        &self,
        member: &Member,
        organization: OrganizationId,
        draft: UnitDraft,
        once: Once<'_, Unit>,
    ) -> Result<Created<Unit>, PlaceError> {
        require(member, organization, Role::Admin)?;
        let now = self.clock.now();
        let unit = Unit {
            id: Id::at(now),
            organization,
            site: draft.site,
            name: draft.name,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
        };
        let remember = once.remember(&unit, now)?;
        Ok(match self.units.create(&unit, member.user, remember.as_ref()).await? {
            Created::Now(()) => Created::Now(unit),
            Created::Before(answer) => Created::Before(answer),
        })
    }

    /// The units of the organization, or of one of its sites.
    ///
    /// # Errors
    ///
    /// [`PlaceError::Denied`] for another organization.
    pub async fn units(
        &self,
        by: &Principal,
        organization: OrganizationId,
        site: Option<SiteId>,
        page: &PageRequest<UnitId>,
    ) -> Result<Page<Unit, UnitId>, PlaceError> {
        require(by, organization, Role::Viewer)?;
        Ok(self.units.list(organization, site, page).await?)
    }

    /// One unit.
    ///
    /// # Errors
    ///
    /// [`PlaceError::NotFound`].
    pub async fn unit(&self, by: &Principal, organization: OrganizationId, unit: UnitId) -> Result<Unit, PlaceError> {
        require(by, organization, Role::Viewer)?;
        self.units.find(organization, unit).await?.ok_or(PlaceError::NotFound)
    }

    /// Renames a unit; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`PlaceError`] says.
    pub async fn rename_unit(
        &self,
        member: &Member,
        organization: OrganizationId,
        unit: UnitId,
        name: &PlaceName,
        expected: Expected,
    ) -> Result<Unit, PlaceError> {
        require(member, organization, Role::Admin)?;
        Ok(self
            .units
            .rename(organization, unit, name, expected, member.act(self.clock.now()))
            .await?)
    }

    /// Removes a unit that no asset is in; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`PlaceError`] says.
    pub async fn remove_unit(
        &self,
        member: &Member,
        organization: OrganizationId,
        unit: UnitId,
        expected: Expected,
    ) -> Result<(), PlaceError> {
        require(member, organization, Role::Admin)?;
        let act = member.act(self.clock.now());
        Ok(self.units.remove(organization, unit, expected, act).await?)
    }
}
