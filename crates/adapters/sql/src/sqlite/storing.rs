//! Assets on their way in and out, with what they are found by, which goes into the full-text index row by row.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use tenon_assets::Asset;
use tenon_kernel::OrganizationId;

use super::repositories::outbox::record;
use super::repositories::{Entry, Replacement};
use super::search::FoundBy;
use super::{Conn, Db};
use crate::prepared::Prepared;
use crate::rows::AssetRow;
use crate::schema::assets;
use crate::types::Key;

/// What the index has to be told of an asset that it is to forget. Not made on the writer's time.
pub struct Former(FoundBy);

impl Former {
    pub fn of(asset: &Asset) -> Self {
        Self(FoundBy::of(asset))
    }
}

/// Inserts the assets and what goes with them.
pub fn insert(conn: &mut Conn, entries: &[Entry]) -> QueryResult<Vec<()>> {
    for entry in entries {
        // Not RETURNING: to SQLite it is a trigger, before which the full-text index writes all it has gathered to disk.
        diesel::insert_into(assets::table).values(&entry.asset).execute(conn)?;
        AddOfLast(entry.found_by.0.clone()).execute(conn)?;
        record(conn, &entry.activity)?;
    }
    Ok(vec![(); entries.len()])
}

/// Makes the replacements whose asset still has the version that it was read with. Says which those are.
pub fn replace_free(conn: &mut Conn, replacements: &[Arc<Replacement>]) -> QueryResult<Vec<bool>> {
    replacements
        .iter()
        .map(|replacement| replace(conn, replacement))
        .collect()
}

/// Makes the replacement if its asset still has the version that it was read with. Says whether it has.
pub fn replace(conn: &mut Conn, replacement: &Replacement) -> QueryResult<bool> {
    let Replacement { entry, former, .. } = replacement;
    let row = assets::table
        .find((entry.asset.organization_id, entry.asset.id))
        .filter(assets::version.eq(replacement.before));
    let found: Option<(i64, Key<_>)> = row.select((assets::seq, assets::owner_id)).first(conn).optional()?;
    let Some((seq, _)) = found.filter(|(_, owner)| replacement.within.is_none_or(|within| within == *owner)) else {
        return Ok(false);
    };
    let target = assets::table.filter(assets::seq.eq(seq));
    Prepared(diesel::update(target).set(&entry.asset)).execute(conn)?;
    if former.0 != entry.found_by {
        Remove(seq, former.0.0.clone()).execute(conn)?;
        Add(seq, entry.found_by.0.clone()).execute(conn)?;
    }
    record(conn, &entry.activity)?;
    Ok(true)
}

/// Deletes the row that was read as `before`, and what it was found by. Says how many rows it deleted.
pub fn delete(conn: &mut Conn, before: AssetRow) -> QueryResult<usize> {
    let target = assets::table
        .find((before.organization_id, before.id))
        .filter(assets::version.eq(before.version));
    let Some(seq) = diesel::delete(target)
        .returning(assets::seq)
        .get_result(conn)
        .optional()?
    else {
        return Ok(0);
    };
    Remove(seq, FoundBy::of(&before.into_asset()?).0).execute(conn)?;
    Ok(1)
}

/// Takes all assets of the organization out of what they are found by; to be called before they are deleted.
pub fn forget_organization(conn: &mut Conn, organization: OrganizationId) -> QueryResult<()> {
    let mut from = i64::MIN;
    loop {
        let some: Vec<(i64, AssetRow)> = assets::table
            .filter(assets::organization_id.eq(Key(organization)))
            .filter(assets::seq.gt(from))
            .order(assets::seq)
            .limit(1000)
            .select((assets::seq, AssetRow::as_select()))
            .load(conn)?;
        let Some((last, _)) = some.last() else {
            return Ok(());
        };
        from = *last;
        for (seq, row) in some {
            Remove(seq, FoundBy::of(&row.into_asset()?).0).execute(conn)?;
        }
    }
}

macro_rules! terms_statement {
    ($name:ident, $sql:literal) => {
        #[derive(Debug, QueryId)]
        struct $name(i64, String);

        impl QueryFragment<Db> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
                out.push_sql($sql);
                out.push_bind_param::<BigInt, _>(&self.0)?;
                out.push_sql(", ");
                out.push_bind_param::<Text, _>(&self.1)?;
                out.push_sql(")");
                Ok(())
            }
        }

        impl RunQueryDsl<Conn> for $name {}
    };
}

/// Adds the terms of the row that this connection inserted last.
#[derive(Debug, QueryId)]
struct AddOfLast(String);

impl QueryFragment<Db> for AddOfLast {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("INSERT INTO asset_terms (rowid, terms) VALUES (last_insert_rowid(), ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql(")");
        Ok(())
    }
}

impl RunQueryDsl<Conn> for AddOfLast {}

terms_statement!(Add, "INSERT INTO asset_terms (rowid, terms) VALUES (");
// The index must be told what the terms were.
terms_statement!(
    Remove,
    "INSERT INTO asset_terms (asset_terms, rowid, terms) VALUES ('delete', "
);
