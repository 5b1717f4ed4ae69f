use diesel::prelude::*;
use tenon_accounts::{PlaceName, Site, Unit};
use tenon_kernel::{OrganizationId, SiteId, UnitId, Version};

use super::sound;
use crate::schema::{sites, units};
use crate::types::{At, Key};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = sites)]
pub struct SiteRow {
    organization_id: Key<OrganizationId>,
    id: Key<SiteId>,
    name: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Site> for SiteRow {
    fn from(site: &Site) -> Self {
        Self {
            organization_id: Key(site.organization),
            id: Key(site.id),
            name: site.name.as_str().to_owned(),
            version: site.version.get(),
            created_at: At(site.created_at),
            updated_at: At(site.updated_at),
        }
    }
}

impl SiteRow {
    pub fn into_site(self) -> QueryResult<Site> {
        Ok(Site {
            id: self.id.0,
            organization: self.organization_id.0,
            name: sound(PlaceName::parse(&self.name))?,
            version: Version::new(self.version),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = units)]
pub struct UnitRow {
    organization_id: Key<OrganizationId>,
    id: Key<UnitId>,
    site_id: Key<SiteId>,
    name: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Unit> for UnitRow {
    fn from(unit: &Unit) -> Self {
        Self {
            organization_id: Key(unit.organization),
            id: Key(unit.id),
            site_id: Key(unit.site),
            name: unit.name.as_str().to_owned(),
            version: unit.version.get(),
            created_at: At(unit.created_at),
            updated_at: At(unit.updated_at),
        }
    }
}

impl UnitRow {
    pub fn into_unit(self) -> QueryResult<Unit> {
        Ok(Unit {
            id: self.id.0,
            organization: self.organization_id.0,
            site: self.site_id.0,
            name: sound(PlaceName::parse(&self.name))?,
            version: Version::new(self.version),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        })
    }
}
