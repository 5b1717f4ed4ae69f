use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use tenon_assets::{Asset, CalendarDay, Tags};
use utoipa::ToSchema;

use super::{MoneyView, StatusName};
use crate::dto::{IdText, Stamp};

/// An asset.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssetView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(value_type = Uuid)]
    owner_id: IdText,
    #[schema(value_type = Uuid)]
    organization_id: IdText,
    #[schema(required = true, value_type = Option<Uuid>)]
    site_id: Option<IdText>,
    #[schema(required = true, value_type = Option<Uuid>)]
    unit_id: Option<IdText>,
    #[schema(example = "Main pump")]
    title: &'a str,
    description: &'a str,
    #[schema(example = "general")]
    category: &'a str,
    #[schema(value_type = StatusName)]
    status: &'static str,
    #[serde(serialize_with = "tags")]
    #[schema(value_type = Vec<String>)]
    tags: &'a Tags,
    #[schema(value_type = Object)]
    attributes: &'a RawValue,
    #[schema(required = true)]
    value: Option<MoneyView<'a>>,
    #[serde(serialize_with = "day")]
    #[schema(required = true, value_type = Option<String>, format = Date)]
    acquired_on: Option<CalendarDay>,
    /// Counts changes; it is the entity tag.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Stamp,
}

impl<'a> AssetView<'a> {
    pub fn of(asset: &'a Asset) -> Self {
        Self {
            id: IdText::of(asset.id),
            owner_id: IdText::of(asset.owner),
            organization_id: IdText::of(asset.organization),
            site_id: asset.placement.site().map(IdText::of),
            unit_id: asset.placement.unit().map(IdText::of),
            title: asset.title.as_str(),
            description: asset.description.as_str(),
            category: asset.category.as_str(),
            status: asset.status.as_str(),
            tags: &asset.tags,
            attributes: asset.attributes.raw(),
            value: asset.value.as_ref().map(|money| MoneyView {
                amount: money.amount(),
                currency: money.currency(),
            }),
            acquired_on: asset.acquired_on,
            version: asset.version.get(),
            created_at: Stamp(asset.created_at),
            updated_at: Stamp(asset.updated_at),
        }
    }

    /// About how many bytes of JSON it will be.
    pub fn size(asset: &Asset) -> usize {
        640 + asset.description.as_str().len() + asset.attributes.as_str().len()
    }
}

fn tags<S: Serializer>(tags: &Tags, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tags.iter())
}

#[expect(
    clippy::ref_option,
    reason = "Serde's `serialize_with` hands over a reference to the field"
)]
fn day<S: Serializer>(day: &Option<CalendarDay>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}
