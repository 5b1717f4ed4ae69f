//! Assets and what goes with them by column, each of which is one parameter: so one prepared statement serves any number of rows.

use diesel::QueryResult;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use tenon_kernel::{ActivityId, ApiKeyId, AssetId, OrganizationId, SiteId, UnitId, UserId};

use super::Db;
use super::repositories::Entry;
use super::search::FoundBy;
use crate::types::{At, Json, Key, sql};

/// The names of the columns, in their order. Those of an activity, which shares the organization, begin with `told_`.
pub const NAMES: &str = "organization_id, id, owner_id, site_id, unit_id, title, description, category, status, tags, \
    attributes, value_amount, value_currency, acquired_on, version, created_at, updated_at, terms, \
    told_id, told_by_id, told_about, told_verb, told_api_key_id";

/// See above.
pub struct Columns<'a> {
    organization_id: Vec<Key<OrganizationId>>,
    id: Vec<Key<AssetId>>,
    owner_id: Vec<Key<UserId>>,
    site_id: Vec<Option<Key<SiteId>>>,
    unit_id: Vec<Option<Key<UnitId>>>,
    title: Vec<&'a str>,
    description: Vec<&'a str>,
    category: Vec<&'a str>,
    status: Vec<&'a str>,
    tags: Vec<&'a Json>,
    attributes: Vec<&'a Json>,
    value_amount: Vec<Option<i64>>,
    value_currency: Vec<Option<&'a str>>,
    acquired_on: Vec<Option<&'a str>>,
    version: Vec<i64>,
    created_at: Vec<At>,
    updated_at: Vec<At>,
    terms: Vec<&'a FoundBy>,
    told_id: Vec<Key<ActivityId>>,
    told_by_id: Vec<Option<Key<UserId>>>,
    told_about: Vec<&'a Json>,
    told_verb: Vec<&'a str>,
    told_api_key_id: Vec<Option<Key<ApiKeyId>>>,
}

impl<'a> Columns<'a> {
    /// The columns of these rows.
    pub fn of(entries: &[&'a Entry]) -> Self {
        fn column<'a, T>(entries: &[&'a Entry], value: impl Fn(&'a Entry) -> T) -> Vec<T> {
            entries.iter().map(|entry| value(entry)).collect()
        }
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

    /// The columns as parameters, with commas between.
    pub fn walk<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        macro_rules! parameters {
            ($($column:ident: $kind:ty),+) => {
                $(
                    out.push_bind_param::<Array<$kind>, _>(&self.$column)?;
                    out.push_sql(", ");
                )+
            };
        }
        parameters!(
            organization_id: sql::Id,
            id: sql::Id,
            owner_id: sql::Id,
            site_id: Nullable<sql::Id>,
            unit_id: Nullable<sql::Id>,
            title: Text,
            description: Text,
            category: Text,
            status: Text,
            tags: sql::Document,
            attributes: sql::Document,
            value_amount: Nullable<BigInt>,
            value_currency: Nullable<Text>,
            acquired_on: Nullable<Text>,
            version: BigInt,
            created_at: sql::Instant,
            updated_at: sql::Instant,
            terms: sql::Terms,
            told_id: sql::Id,
            told_by_id: Nullable<sql::Id>,
            told_about: sql::Document,
            told_verb: Text
        );
        out.push_bind_param::<Array<Nullable<sql::Id>>, _>(&self.told_api_key_id)
    }
}
