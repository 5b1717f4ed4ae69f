use serde::Deserialize;
use serde_json::value::RawValue;
use tenon_assets::{AssetPatch, AssetTitle, Attributes, CalendarDay, Category, Description, Tags};
use utoipa::ToSchema;

use super::{MoneyBody, StatusName, status};
use crate::dto::patch::{Object, present};
use crate::dto::{Check, id};
use crate::error::ApiError;

/// A change of an asset (RFC 7396): what is missing stays, what is `null` is taken away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct AssetChange {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 200)]
    title: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, nullable = false, max_length = 10_000)]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 100)]
    category: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<StatusName>, nullable = false)]
    status: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>, nullable = false, max_items = 32)]
    tags: Option<Option<Vec<String>>>,
    /// Replaces the whole object.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>, nullable = false)]
    attributes: Option<Option<Box<RawValue>>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MoneyBody>)]
    value: Option<Option<Object<MoneyBody>>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = Date)]
    acquired_on: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    site_id: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    unit_id: Option<Option<String>>,
}

impl AssetChange {
    pub fn patch(self) -> Result<AssetPatch, ApiError> {
        let mut check = Check::body();
        let patch = AssetPatch {
            title: check.kept("title", self.title, |text| AssetTitle::parse(&text)),
            description: check.kept("description", self.description, |text| Description::parse(&text)),
            category: check.kept("category", self.category, |text| Category::parse(&text)),
            status: check.kept("status", self.status, status),
            tags: check.kept("tags", self.tags, |texts| Tags::parse(&texts)),
            attributes: check.kept("attributes", self.attributes, Attributes::new),
            value: check.nullable("value", self.value, |Object(money)| money.parse()),
            acquired_on: check.nullable("acquiredOn", self.acquired_on, |text| CalendarDay::parse(&text)),
            site: check.nullable("siteId", self.site_id, id),
            unit: check.nullable("unitId", self.unit_id, id),
        };
        check.finish(|| Some(patch))
    }
}
