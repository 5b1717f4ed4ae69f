//! Assets on their way in and out, with the terms they are found by, which are a column, and with what there is to tell of them.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable};
use tenon_assets::Asset;
use tenon_kernel::{ActivityId, OrganizationId, UserId};

use super::columns::Columns;
use super::repositories::{Entry, Replacement};
use super::{Conn, Db};
use crate::rows::AssetRow;
use crate::schema::assets;
use crate::types::{Key, sql};

/// What there is to remember of an asset to replace it: nothing.
pub struct Former;

impl Former {
    pub const fn of(_: &Asset) -> Self {
        Self
    }
}

/// Inserts the assets and what goes with them, in one statement.
pub fn insert(conn: &mut Conn, entries: &[Entry]) -> QueryResult<Vec<()>> {
    let rows: Vec<&Entry> = entries.iter().collect();
    Insertion(Columns::of(&rows)).execute(conn)?;
    Ok(vec![(); entries.len()])
}

/// Three insertions in one statement (PostgreSQL manual, section 7.8.4).
struct Insertion<'a>(Columns<'a>);

impl QueryFragment<Db> for Insertion<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("WITH entered AS (SELECT * FROM ");
        self.0.walk(out.reborrow())?;
        out.push_sql(" AS entered (");
        out.push_sql(Columns::NAMES);
        out.push_sql(
            ")), one AS (INSERT INTO assets (organization_id, id, owner_id, site_id, unit_id, title, description, category, status, \
             tags, attributes, value_amount, value_currency, acquired_on, version, created_at, updated_at, terms) \
             SELECT organization_id, id, owner_id, site_id, unit_id, title, description, category, status, \
             tags, attributes, value_amount, value_currency, acquired_on, version, created_at, updated_at, terms FROM entered), ",
        );
        tell("entered", &mut out);
        out.push_sql("SELECT");
        Ok(())
    }
}

impl QueryId for Insertion<'_> {
    type QueryId = Insertion<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<Conn> for Insertion<'_> {}

/// Two insertions of what there is to tell of the rows of `these`, with a comma after the first.
fn tell(these: &str, out: &mut AstPass<'_, '_, Db>) {
    for (name, table) in [("told", "activities"), ("waits", "outbox")] {
        out.push_sql(name);
        out.push_sql(" AS (INSERT INTO ");
        out.push_sql(table);
        out.push_sql(
            " (organization_id, id, by_id, about, verb, api_key_id) \
             SELECT organization_id, told_id, told_by_id, told_about, told_verb, told_api_key_id FROM ",
        );
        out.push_sql(these);
        out.push_sql(if name == "told" { "), " } else { ") " });
    }
}

/// Makes the replacements whose asset still has the version that it was read with, but for those that somebody else works with at the
/// moment, in one statement. It waits for nobody, so nobody waits for it and for something else. Says which it made.
pub fn replace_free(conn: &mut Conn, replacements: &[Arc<Replacement>]) -> QueryResult<Vec<bool>> {
    let replacements: Vec<&Replacement> = replacements.iter().map(AsRef::as_ref).collect();
    let made = Replacing::<true>::of(&replacements).load::<Key<ActivityId>>(conn)?;
    let made: HashSet<ActivityId> = made.into_iter().map(|key| key.0).collect();
    let is_made = |replacement: &&Replacement| made.contains(&replacement.entry.activity.id.0);
    Ok(replacements.iter().map(is_made).collect())
}

/// Makes the replacement if its asset still has the version that it was read with. Says whether it has.
pub fn replace(conn: &mut Conn, replacement: &Replacement) -> QueryResult<bool> {
    let made = Replacing::<false>::of(&[replacement]).load::<Key<ActivityId>>(conn)?;
    Ok(!made.is_empty())
}

/// Updates, and insertions that depend on them, in one statement.
struct Replacing<'a, const FREE: bool> {
    columns: Columns<'a>,
    before: Vec<i64>,
    within: Vec<Option<Key<UserId>>>,
}

impl<'a, const FREE: bool> Replacing<'a, FREE> {
    fn of(replacements: &[&'a Replacement]) -> Self {
        let (mut rows, mut before, mut within) = (Vec::new(), Vec::new(), Vec::new());
        for replacement in replacements {
            let Replacement {
                entry,
                before: version,
                within: owner,
                former: Former,
            } = replacement;
            rows.push(entry);
            before.push(*version);
            within.push(*owner);
        }
        Self {
            columns: Columns::of(&rows),
            before,
            within,
        }
    }
}

impl<const FREE: bool> QueryFragment<Db> for Replacing<'_, FREE> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("WITH asked AS (SELECT * FROM unnest(");
        self.columns.parameters(out.reborrow())?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.before)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<sql::Id>>, _>(&self.within)?;
        out.push_sql(") AS asked (");
        out.push_sql(Columns::NAMES);
        out.push_sql(
            ", before, within)), held AS (SELECT asked.* FROM asked JOIN assets ON assets.organization_id = asked.organization_id \
             AND assets.id = asked.id AND assets.version = asked.before \
             AND (asked.within IS NULL OR assets.owner_id = asked.within) FOR NO KEY UPDATE OF assets",
        );
        if FREE {
            out.push_sql(" SKIP LOCKED");
        }
        // Of two that ask for the same row, one is made.
        out.push_sql(
            "), made AS (UPDATE assets SET owner_id = held.owner_id, site_id = held.site_id, unit_id = held.unit_id, \
             title = held.title, description = held.description, category = held.category, status = held.status, \
             tags = held.tags, attributes = held.attributes, value_amount = held.value_amount, \
             value_currency = held.value_currency, acquired_on = held.acquired_on, version = held.version, \
             updated_at = held.updated_at, terms = held.terms FROM held \
             WHERE assets.organization_id = held.organization_id AND assets.id = held.id AND assets.version = held.before \
             RETURNING held.organization_id, told_id, told_by_id, told_about, told_verb, told_api_key_id), ",
        );
        tell("made", &mut out);
        out.push_sql("SELECT told_id FROM made");
        Ok(())
    }
}

impl<const FREE: bool> QueryId for Replacing<'_, FREE> {
    type QueryId = Replacing<'static, FREE>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<const FREE: bool> Query for Replacing<'_, FREE> {
    type SqlType = sql::Id;
}

impl<const FREE: bool> RunQueryDsl<Conn> for Replacing<'_, FREE> {}

/// Deletes the row that was read as `before`. Says how many rows it deleted.
pub fn delete(conn: &mut Conn, before: AssetRow) -> QueryResult<usize> {
    let target = assets::table
        .find((before.organization_id, before.id))
        .filter(assets::version.eq(before.version));
    diesel::delete(target).execute(conn)
}

/// Does nothing: the terms go with the assets.
pub fn forget_organization(_: &mut Conn, _: OrganizationId) -> QueryResult<()> {
    Ok(())
}
