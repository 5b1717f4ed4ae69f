use serde::{Deserialize, Serialize};
use tenon_accounts::{PlaceName, Site, Unit, UnitDraft};
use tenon_kernel::SiteId;
use utoipa::{IntoParams, ToSchema};

use super::{Check, IdText, PageQuery, Stamp, id};
use crate::error::ApiError;

/// What a site or a unit is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceBody {
    #[schema(
        required = true,
        nullable = false,
        example = "North plant",
        min_length = 1,
        max_length = 100
    )]
    name: Option<String>,
}

impl PlaceBody {
    pub fn name(self) -> Result<PlaceName, ApiError> {
        let mut check = Check::body();
        let name = check.required("name", self.name, |text| PlaceName::parse(&text));
        check.finish(|| name)
    }
}

/// A unit to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NewUnit {
    /// The site that it becomes part of, for good.
    #[schema(required = true, nullable = false, value_type = Uuid)]
    site_id: Option<String>,
    #[schema(
        required = true,
        nullable = false,
        example = "Hall 2",
        min_length = 1,
        max_length = 100
    )]
    name: Option<String>,
}

impl NewUnit {
    pub fn draft(self) -> Result<UnitDraft, ApiError> {
        let mut check = Check::body();
        let site = check.required("siteId", self.site_id, id);
        let name = check.required("name", self.name, |text| PlaceName::parse(&text));
        check.finish(|| {
            Some(UnitDraft {
                site: site?,
                name: name?,
            })
        })
    }
}

/// The parameters of a listing of units.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnitQuery {
    /// Only the units of this site.
    #[serde(rename = "siteId")]
    #[param(value_type = Option<Uuid>)]
    site: Option<String>,
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 1368)]
    cursor: Option<String>,
    /// Whether to count all items too.
    #[param(value_type = Option<bool>, default = false)]
    count: Option<String>,
}

impl UnitQuery {
    /// The site, and the rest.
    pub fn split(self) -> Result<(Option<SiteId>, PageQuery), ApiError> {
        let mut check = Check::query();
        let site = check.optional("siteId", self.site, id);
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
            count: self.count,
        };
        check.finish(|| Some((site, page)))
    }
}

/// A site.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SiteView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(value_type = Uuid)]
    organization_id: IdText,
    name: &'a str,
    /// Counts changes; it is the entity tag.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Stamp,
}

impl<'a> SiteView<'a> {
    pub fn of(site: &'a Site) -> Self {
        Self {
            id: IdText::of(site.id),
            organization_id: IdText::of(site.organization),
            name: site.name.as_str(),
            version: site.version.get(),
            created_at: Stamp(site.created_at),
            updated_at: Stamp(site.updated_at),
        }
    }
}

/// A unit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnitView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(value_type = Uuid)]
    organization_id: IdText,
    #[schema(value_type = Uuid)]
    site_id: IdText,
    name: &'a str,
    /// Counts changes; it is the entity tag.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Stamp,
}

impl<'a> UnitView<'a> {
    pub fn of(unit: &'a Unit) -> Self {
        Self {
            id: IdText::of(unit.id),
            organization_id: IdText::of(unit.organization),
            site_id: IdText::of(unit.site),
            name: unit.name.as_str(),
            version: unit.version.get(),
            created_at: Stamp(unit.created_at),
            updated_at: Stamp(unit.updated_at),
        }
    }
}
