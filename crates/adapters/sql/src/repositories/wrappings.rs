use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::Nullable;
use tenon_kernel::{CredentialId, Id, KeyId, OrganizationId, Slot, Unavailable};
use tenon_vault::{Rewrapped, Wrapping};

use super::planning::for_values;
use super::{Conn, Database};
use crate::types::{Key, sql};

/// See the port.
pub struct Wrappings(pub Database);

/// The rows of one table that hold sealed records.
type WrappedRow = (Option<Key<OrganizationId>>, RowKey, Vec<u8>);
/// The id of a row in whatever table: the tag says nothing here.
type RowKey = Key<CredentialId>;

/// A key and how many rows it wraps.
type Count = (String, i64);
/// By the key, after the row, at most so many.
type Under = fn(&mut Conn, &str, Option<RowKey>, i64) -> QueryResult<Vec<WrappedRow>>;

/// What is asked of each table with sealed records.
struct Shelf {
    table: &'static str,
    count: fn(&mut Conn) -> QueryResult<Vec<Count>>,
    under: Under,
    rewrap: fn(&mut Conn, RowKey, &Rewrapped) -> QueryResult<usize>,
}

/// A table that has the columns `id`, `key_id`, `wrapped` and `sealed`, an index of `(key_id, id)`, and an organization or nobody's records.
macro_rules! shelf {
    ($table:ident of organizations) => {
        shelf!($table, { dsl::organization_id.nullable() })
    };
    ($table:ident of nobody) => {
        shelf!($table, { None::<Key<OrganizationId>>.into_sql::<Nullable<sql::Id>>() })
    };
    ($table:ident, $organization:block) => {{
        use crate::schema::$table::dsl;
        Shelf {
            table: stringify!($table),
            count: |conn| {
                dsl::$table
                    .group_by(dsl::key_id)
                    .select((dsl::key_id, diesel::dsl::count_star()))
                    .load(conn)
            },
            under: |conn, key, after, most| {
                let mut query = dsl::$table.filter(dsl::key_id.eq(key)).into_boxed();
                if let Some(after) = after {
                    query = query.filter(dsl::id.gt(after));
                }
                let query = query.order(dsl::id).limit(most);
                for_values(conn, |conn| {
                    query.select(($organization, dsl::id, dsl::wrapped)).load(conn)
                })
            },
            rewrap: |conn, row, rewrapped| {
                let before = dsl::$table
                    .filter(dsl::key_id.eq(&rewrapped.before.key.0))
                    .filter(dsl::id.eq(row))
                    .filter(dsl::wrapped.eq(&rewrapped.before.wrapped));
                diesel::update(before)
                    .set((dsl::key_id.eq(&rewrapped.key.0), dsl::wrapped.eq(&rewrapped.wrapped)))
                    .execute(conn)
            },
        }
    }};
}

/// Every table with sealed records.
const SHELVES: &[Shelf] = &[
    shelf!(credentials of organizations),
    shelf!(graph_certificates of organizations),
    shelf!(graph_batches of nobody),
];

#[async_trait]
impl tenon_vault::Wrappings for Wrappings {
    async fn count(&self) -> Result<BTreeMap<KeyId, u64>, Unavailable> {
        let read = |conn: &mut Conn| {
            let mut records: BTreeMap<KeyId, u64> = BTreeMap::new();
            for shelf in SHELVES {
                for (key, count) in (shelf.count)(conn)? {
                    *records.entry(KeyId(key)).or_default() += u64::try_from(count).unwrap_or_default();
                }
            }
            Ok(records)
        };
        self.0.read(read).await
    }

    async fn under(&self, key: &KeyId, after: Option<&Slot>, most: usize) -> Result<Vec<Wrapping>, Unavailable> {
        let (key, after) = (key.clone(), after.copied());
        let read = move |conn: &mut Conn| {
            let position = |after: &Slot| SHELVES.iter().position(|shelf| shelf.table == after.table);
            let first = after.as_ref().and_then(position).unwrap_or_default();
            let mut after = after.map(|slot| Key(Id::from_uuid(slot.row)));
            let mut wrappings = Vec::new();
            for shelf in SHELVES.iter().skip(first) {
                let rest = i64::try_from(most.saturating_sub(wrappings.len())).unwrap_or(i64::MAX);
                let rows = (shelf.under)(conn, &key.0, after.take(), rest)?;
                wrappings.extend(rows.into_iter().map(|row| wrapping(shelf.table, &key, row)));
            }
            Ok(wrappings)
        };
        self.0.read(read).await
    }

    async fn rewrap(&self, rewrapped: &[Rewrapped]) -> Result<(), Unavailable> {
        let rewrapped = rewrapped.to_vec();
        let work = move |conn: &mut Conn| {
            for record in &rewrapped {
                let slot = record.before.slot;
                for shelf in SHELVES.iter().filter(|shelf| shelf.table == slot.table) {
                    (shelf.rewrap)(conn, Key(Id::from_uuid(slot.row)), record)?;
                }
            }
            Ok(())
        };
        self.0.write(work).await
    }
}

fn wrapping(table: &'static str, key: &KeyId, (organization, row, wrapped): WrappedRow) -> Wrapping {
    let slot = Slot {
        organization: organization.map(|organization| organization.0),
        table,
        column: "sealed",
        row: row.0.uuid(),
    };
    Wrapping {
        slot,
        key: key.clone(),
        wrapped,
    }
}
