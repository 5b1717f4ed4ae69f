//! Assets and what goes with them by column.

use diesel::sql_types::{BigInt, Nullable, Text};
use tenon_kernel::{ActivityId, ApiKeyId, AssetId, OrganizationId, SiteId, UnitId, UserId};

use super::repositories::Entry;
use super::search::FoundBy;
use super::unnest::{column, columns};
use crate::types::{At, Json, Key, sql};

columns! {
    /// Those of an activity, which shares the organization, begin with `told_`.
    pub struct Columns<'a> {
        organization_id: Key<OrganizationId> => sql::Id,
        id: Key<AssetId> => sql::Id,
        owner_id: Key<UserId> => sql::Id,
        site_id: Option<Key<SiteId>> => Nullable<sql::Id>,
        unit_id: Option<Key<UnitId>> => Nullable<sql::Id>,
        title: &'a str => Text,
        description: &'a str => Text,
        category: &'a str => Text,
        status: &'a str => Text,
        tags: &'a Json => sql::Document,
        attributes: &'a Json => sql::Document,
        value_amount: Option<i64> => Nullable<BigInt>,
        value_currency: Option<&'a str> => Nullable<Text>,
        acquired_on: Option<&'a str> => Nullable<Text>,
        version: i64 => BigInt,
        created_at: At => sql::Instant,
        updated_at: At => sql::Instant,
        terms: &'a FoundBy => sql::Terms,
        told_id: Key<ActivityId> => sql::Id,
        told_by_id: Option<Key<UserId>> => Nullable<sql::Id>,
        told_about: &'a Json => sql::Document,
        told_verb: &'a str => Text,
        told_api_key_id: Option<Key<ApiKeyId>> => Nullable<sql::Id>,
    }
}

impl<'a> Columns<'a> {
    /// The columns of these rows.
    pub fn of(entries: &[&'a Entry]) -> Self {
        Self {
            organization_id: column(entries, |entry| entry.asset.organization_id),
            id: column(entries, |entry| entry.asset.id),
            owner_id: column(entries, |entry| entry.asset.owner_id),
            site_id: column(entries, |entry| entry.asset.site_id),
            unit_id: column(entries, |entry| entry.asset.unit_id),
            title: column(entries, |entry| entry.asset.title.as_str()),
            description: column(entries, |entry| entry.asset.description.as_str()),
            category: column(entries, |entry| entry.asset.category.as_str()),
            status: column(entries, |entry| entry.asset.status.as_str()),
            tags: column(entries, |entry| &entry.asset.tags),
            attributes: column(entries, |entry| &entry.asset.attributes),
            value_amount: column(entries, |entry| entry.asset.value_amount),
            value_currency: column(entries, |entry| entry.asset.value_currency.as_deref()),
            acquired_on: column(entries, |entry| entry.asset.acquired_on.as_deref()),
            version: column(entries, |entry| entry.asset.version),
            created_at: column(entries, |entry| entry.asset.created_at),
            updated_at: column(entries, |entry| entry.asset.updated_at),
            terms: column(entries, |entry| &entry.found_by),
            told_id: column(entries, |entry| entry.activity.id),
            told_by_id: column(entries, |entry| entry.activity.by_id),
            told_about: column(entries, |entry| &entry.activity.about),
            told_verb: column(entries, |entry| entry.activity.verb.as_str()),
            told_api_key_id: column(entries, |entry| entry.activity.api_key_id),
        }
    }
}
