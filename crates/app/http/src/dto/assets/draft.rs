use serde::Deserialize;
use serde_json::value::RawValue;
use tenon_assets::{AssetDraft, AssetTitle, Attributes, CalendarDay, Category, Description, Placement, Status, Tags};
use utoipa::ToSchema;

use super::{MoneyBody, StatusName, status};
use crate::dto::patch::Object;
use crate::dto::{Check, id};
use crate::error::ApiError;

/// An asset to be. The caller will own it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NewAsset {
    #[schema(
        required = true,
        nullable = false,
        example = "Main pump",
        min_length = 1,
        max_length = 200
    )]
    title: Option<String>,
    #[schema(max_length = 10_000)]
    description: Option<String>,
    /// What kind of thing it is, in the organization's own words.
    #[schema(default = "general", min_length = 1, max_length = 100)]
    category: Option<String>,
    #[schema(value_type = Option<StatusName>, default = "active")]
    status: Option<String>,
    #[schema(max_items = 32)]
    tags: Option<Vec<String>>,
    /// Any JSON object of up to 16 KiB and 64 levels, kept byte for byte.
    #[schema(value_type = Option<Object>)]
    attributes: Option<Box<RawValue>>,
    #[schema(value_type = Option<MoneyBody>)]
    value: Option<Object<MoneyBody>>,
    #[schema(format = Date)]
    acquired_on: Option<String>,
    #[schema(value_type = Option<Uuid>)]
    site_id: Option<String>,
    /// Needs `siteId`.
    #[schema(value_type = Option<Uuid>)]
    unit_id: Option<String>,
}

impl NewAsset {
    pub fn draft(self) -> Result<AssetDraft, ApiError> {
        let mut check = Check::body();
        let title = check.required("title", self.title, |text| AssetTitle::parse(&text));
        let description = check.optional("description", self.description, |text| Description::parse(&text));
        let category = check.optional("category", self.category, |text| Category::parse(&text));
        let status = check.optional("status", self.status, status);
        let tags = check.optional("tags", self.tags, |texts| Tags::parse(&texts));
        let attributes = check.optional("attributes", self.attributes, Attributes::new);
        let value = check.optional("value", self.value, |Object(money)| money.parse());
        let acquired_on = check.optional("acquiredOn", self.acquired_on, |text| CalendarDay::parse(&text));
        let site_given = self.site_id.is_some();
        let site = check.optional("siteId", self.site_id, id);
        let unit = check.optional("unitId", self.unit_id, id);
        // A site that is no id is one error, not two.
        let placement = match site.is_some() == site_given {
            true => check.note("unitId", Placement::new(site, unit)),
            false => None,
        };
        check.finish(|| {
            Some(AssetDraft {
                placement: placement?,
                title: title?,
                description: description.unwrap_or_default(),
                category: category.unwrap_or_default(),
                status: status.unwrap_or(Status::Active),
                tags: tags.unwrap_or_default(),
                attributes: attributes.unwrap_or_default(),
                value,
                acquired_on,
            })
        })
    }
}
