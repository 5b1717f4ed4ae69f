use tenon_kernel::{
    About, Act, Activity, AssetId, Invalid, OrganizationId, Place, SiteId, Timestamp, UnitId, UserId, Verb, Version,
};

use crate::values::{AssetTitle, Attributes, CalendarDay, Category, Description, Money, Placement, Status, Tags};

/// Something that an organization owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Identifies the asset.
    pub id: AssetId,
    /// The tenant.
    pub organization: OrganizationId,
    /// Who entered it and keeps it.
    pub owner: UserId,
    /// Where it is.
    pub placement: Placement,
    /// What people call it.
    pub title: AssetTitle,
    /// What there is to say.
    pub description: Description,
    /// What kind of thing it is.
    pub category: Category,
    /// Where it is in its life.
    pub status: Status,
    /// Labels.
    pub tags: Tags,
    /// Whatever else.
    pub attributes: Attributes,
    /// What it is worth.
    pub value: Option<Money>,
    /// Since when it is owned.
    pub acquired_on: Option<CalendarDay>,
    /// Counts changes.
    pub version: Version,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Asset {
    /// That `act` made the asset what it is here, or deleted it; it was in `left` before.
    pub fn activity(&self, act: Act, verb: Verb, left: Placement) -> Activity {
        let about = About::Asset {
            asset: self.id,
            owner: self.owner,
            version: self.version,
            place: self.placement.into(),
            left: left.into(),
        };
        Activity::new(self.organization, act, about, verb)
    }
}

impl From<Placement> for Place {
    fn from(placement: Placement) -> Self {
        Self {
            site: placement.site(),
            unit: placement.unit(),
        }
    }
}

/// What a new asset is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetDraft {
    pub placement: Placement,
    pub title: AssetTitle,
    pub description: Description,
    pub category: Category,
    pub status: Status,
    pub tags: Tags,
    pub attributes: Attributes,
    pub value: Option<Money>,
    pub acquired_on: Option<CalendarDay>,
}

/// A change of an asset: what is `None` stays, what is `Some(None)` is taken away (RFC 7396).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetPatch {
    pub site: Option<Option<SiteId>>,
    pub unit: Option<Option<UnitId>>,
    pub title: Option<AssetTitle>,
    pub description: Option<Description>,
    pub category: Option<Category>,
    pub status: Option<Status>,
    pub tags: Option<Tags>,
    pub attributes: Option<Attributes>,
    pub value: Option<Option<Money>>,
    pub acquired_on: Option<Option<CalendarDay>>,
}

impl AssetPatch {
    /// The asset after this change, made at `now`.
    ///
    /// # Errors
    ///
    /// `site_required` when a unit would be left without its site.
    pub fn apply(self, asset: Asset, now: Timestamp) -> Result<Asset, Invalid> {
        let site = self.site.unwrap_or(asset.placement.site());
        let unit = self.unit.unwrap_or(asset.placement.unit());
        Ok(Asset {
            placement: Placement::new(site, unit)?,
            title: self.title.unwrap_or(asset.title),
            description: self.description.unwrap_or(asset.description),
            category: self.category.unwrap_or(asset.category),
            status: self.status.unwrap_or(asset.status),
            tags: self.tags.unwrap_or(asset.tags),
            attributes: self.attributes.unwrap_or(asset.attributes),
            value: self.value.unwrap_or(asset.value),
            acquired_on: self.acquired_on.unwrap_or(asset.acquired_on),
            version: asset.version.next(),
            updated_at: now.max(asset.updated_at),
            ..asset
        })
    }
}
