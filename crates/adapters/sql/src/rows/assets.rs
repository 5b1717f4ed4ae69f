use diesel::prelude::*;
use diesel::result::Error as DieselError;
use tenon_assets::{Asset, AssetTitle, Attributes, CalendarDay, Category, Description, Money, Placement, Status, Tags};
use tenon_kernel::{AssetId, OrganizationId, SiteId, UnitId, UserId, Version};

use super::sound;
use crate::schema::assets;
use crate::types::{At, Json, Key};

// With every column in it, an insertion is one statement, which Diesel finds in its cache without writing it anew.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = assets, primary_key(organization_id, id), treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct AssetRow {
    pub organization_id: Key<OrganizationId>,
    pub id: Key<AssetId>,
    pub owner_id: Key<UserId>,
    pub site_id: Option<Key<SiteId>>,
    pub unit_id: Option<Key<UnitId>>,
    pub title: String,
    pub description: String,
    pub category: String,
    pub status: String,
    pub tags: Json,
    pub attributes: Json,
    pub value_amount: Option<i64>,
    pub value_currency: Option<String>,
    pub acquired_on: Option<String>,
    pub version: i64,
    pub created_at: At,
    pub updated_at: At,
}

impl TryFrom<&Asset> for AssetRow {
    type Error = DieselError;

    fn try_from(asset: &Asset) -> QueryResult<Self> {
        let tags: Vec<&str> = asset.tags.iter().collect();
        let tags = serde_json::to_string(&tags).map_err(|error| DieselError::SerializationError(error.into()))?;
        Ok(Self {
            organization_id: Key(asset.organization),
            id: Key(asset.id),
            owner_id: Key(asset.owner),
            site_id: asset.placement.site().map(Key),
            unit_id: asset.placement.unit().map(Key),
            title: asset.title.as_str().to_owned(),
            description: asset.description.as_str().to_owned(),
            category: asset.category.as_str().to_owned(),
            status: asset.status.as_str().to_owned(),
            tags: Json(tags),
            attributes: Json(asset.attributes.as_str().to_owned()),
            value_amount: asset.value.as_ref().map(Money::amount),
            value_currency: asset.value.as_ref().map(|value| value.currency().to_owned()),
            acquired_on: asset.acquired_on.map(|day| day.to_string()),
            version: asset.version.get(),
            created_at: At(asset.created_at),
            updated_at: At(asset.updated_at),
        })
    }
}

impl AssetRow {
    pub fn placement(&self) -> QueryResult<Placement> {
        sound(Placement::new(
            self.site_id.map(|key| key.0),
            self.unit_id.map(|key| key.0),
        ))
    }

    pub fn into_asset(self) -> QueryResult<Asset> {
        let tags: Vec<String> = sound(serde_json::from_str(&self.tags.0))?;
        let placement = self.placement()?;
        let value = self.value_amount.zip(self.value_currency);
        Ok(Asset {
            id: self.id.0,
            organization: self.organization_id.0,
            owner: self.owner_id.0,
            placement,
            title: sound(AssetTitle::parse(&self.title))?,
            description: sound(Description::parse(&self.description))?,
            category: sound(Category::parse(&self.category))?,
            status: sound(Status::parse(&self.status))?,
            tags: sound(Tags::parse(&tags))?,
            attributes: sound(Attributes::parse(self.attributes.0))?,
            value: sound(
                value
                    .map(|(amount, currency)| Money::new(amount, &currency))
                    .transpose(),
            )?,
            acquired_on: sound(self.acquired_on.as_deref().map(CalendarDay::parse).transpose())?,
            version: Version::new(self.version),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        })
    }
}
