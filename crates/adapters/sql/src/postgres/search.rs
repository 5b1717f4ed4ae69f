//! Assets with the terms they are found by, which are a `tsvector` beside them with a GIN index.

use std::collections::BTreeSet;
use std::io::Write as _;

use diesel::expression::{AppearsOnTable, AsExpression, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use tenon_assets::{Asset, Tag, words};
use tenon_kernel::OrganizationId;

use super::repositories::{Boxed, Entry};
use super::{Conn, Db};
use crate::rows::{ActivityRow, AssetRow};
use crate::schema::{activities, assets, outbox};
use crate::types::sql;

/// Inserts the assets and what goes with them, in one statement.
pub fn insert(conn: &mut Conn, entries: &[Entry]) -> QueryResult<()> {
    let assets: Vec<_> = entries
        .iter()
        .map(|entry| (&entry.asset, assets::terms.eq(&entry.found_by)))
        .collect();
    let activities: Vec<_> = entries
        .iter()
        .filter_map(|entry| entry.activity.of_organization())
        .collect();
    let outbox: Vec<_> = entries.iter().map(|entry| &entry.activity).collect();
    let together = Together(
        diesel::insert_into(assets::table).values(assets),
        diesel::insert_into(activities::table).values(activities),
        diesel::insert_into(outbox::table).values(outbox),
    );
    together.execute(conn)?;
    Ok(())
}

/// Three insertions in one statement (PostgreSQL manual, section 7.8.4).
struct Together<A, B, C>(A, B, C);

impl<A: QueryFragment<Db>, B: QueryFragment<Db>, C: QueryFragment<Db>> QueryFragment<Db> for Together<A, B, C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("WITH one AS (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql("), two AS (");
        self.1.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.2.walk_ast(out)
    }
}

/// How many rows it has is part of what it is.
impl<A, B, C> QueryId for Together<A, B, C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<A, B, C> RunQueryDsl<Conn> for Together<A, B, C> {}

/// Replaces the row that was read as `before`, terms included, and stores the activity if it was still there, in one statement.
/// Says how many rows it replaced.
pub fn replace(
    conn: &mut Conn,
    before: AssetRow,
    row: &AssetRow,
    found_by: &FoundBy,
    activity: &ActivityRow,
) -> QueryResult<usize> {
    let replacing = Replacing {
        changes: (row, assets::terms.eq(found_by)).as_changeset(),
        before,
        activity,
    };
    replacing.execute(conn)
}

/// An update and two insertions that depend on it (PostgreSQL manual, section 7.8.4). Diesel prepares its own updates anew at
/// every execution.
struct Replacing<'a, C> {
    changes: C,
    before: AssetRow,
    activity: &'a ActivityRow,
}

impl<C: QueryFragment<Db>> QueryFragment<Db> for Replacing<'_, C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("WITH one AS (UPDATE assets SET ");
        self.changes.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE organization_id = ");
        out.push_bind_param::<sql::Id, _>(&self.before.organization_id)?;
        out.push_sql(" AND id = ");
        out.push_bind_param::<sql::Id, _>(&self.before.id)?;
        out.push_sql(" AND version = ");
        out.push_bind_param::<BigInt, _>(&self.before.version)?;
        out.push_sql(" RETURNING 1), two AS (INSERT INTO activities (organization_id, id, by_id, about, verb, api_key_id) SELECT ");
        told(self.activity, out.reborrow())?;
        out.push_sql(" FROM one) INSERT INTO outbox (organization_id, id, by_id, about, verb, api_key_id) SELECT ");
        told(self.activity, out.reborrow())?;
        out.push_sql(" FROM one");
        Ok(())
    }
}

/// The values of an activity, in the order of the columns above.
fn told<'b>(activity: &'b ActivityRow, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
    out.push_bind_param::<Nullable<sql::Id>, _>(&activity.organization_id)?;
    out.push_sql(", ");
    out.push_bind_param::<sql::Id, _>(&activity.id)?;
    out.push_sql(", ");
    out.push_bind_param::<Nullable<sql::Id>, _>(&activity.by_id)?;
    out.push_sql(", ");
    out.push_bind_param::<sql::Document, _>(&activity.about)?;
    out.push_sql(", ");
    out.push_bind_param::<Text, _>(&activity.verb)?;
    out.push_sql(", ");
    out.push_bind_param::<Nullable<sql::Id>, _>(&activity.api_key_id)
}

/// Its text is what it is found by in the cache.
impl<C> QueryId for Replacing<'_, C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<Conn> for Replacing<'_, C> {}

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

/// Leaves only assets that have a word beginning with each of `words`, and the tag.
pub fn narrow<'a>(
    query: Boxed<'a>,
    organization: OrganizationId,
    words: &'a [String],
    tag: Option<&'a Tag>,
) -> Boxed<'a> {
    if words.is_empty() && tag.is_none() {
        return query;
    }
    let mut wanted = quoted(&organization_term(organization));
    for word in words {
        wanted.push_str(" & ");
        wanted.push_str(&quoted(word));
        wanted.push_str(":*");
    }
    if let Some(tag) = tag {
        wanted.push_str(" & ");
        wanted.push_str(&quoted(&tag_term(tag.as_str())));
    }
    query.filter(Matches(wanted))
}

/// Begins with a sign that no word begins with, so that a search stays in its tenant's part of the index.
fn organization_term(organization: OrganizationId) -> String {
    format!("@{organization}")
}

/// No word begins with this sign.
fn tag_term(tag: &str) -> String {
    format!("#{tag}")
}

/// A term as `tsquery` reads it (PostgreSQL manual, section 8.11.2).
fn quoted(term: &str) -> String {
    format!("'{}'", term.replace('\\', "\\\\").replace('\'', "''"))
}

/// What an asset is found by, on its way into a `tsvector`: in the order of their bytes, as Postgres keeps them; others it
/// would sort anew.
#[derive(Debug, AsExpression)]
#[diesel(sql_type = sql::Terms)]
pub struct FoundBy(BTreeSet<String>);

impl FoundBy {
    /// What this asset is found by.
    pub fn of(asset: &Asset) -> Self {
        let texts = [asset.title.as_str(), asset.description.as_str()];
        Self::new(asset.organization, texts, asset.tags.iter())
    }

    /// What an asset with these texts and tags is found by.
    pub fn new<'a>(organization: OrganizationId, texts: [&str; 2], tags: impl Iterator<Item = &'a str>) -> Self {
        let mut terms: BTreeSet<String> = words(texts).iter().map(str::to_owned).collect();
        terms.extend(tags.map(tag_term));
        terms.insert(organization_term(organization));
        Self(terms)
    }
}

/// The binary form of `tsvectorrecv`: a count, then each lexeme with a zero byte and the number of its positions.
impl ToSql<sql::Terms, Db> for FoundBy {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Db>) -> serialize::Result {
        out.write_all(&u32::try_from(self.0.len())?.to_be_bytes())?;
        for lexeme in &self.0 {
            out.write_all(lexeme.as_bytes())?;
            out.write_all(&[0, 0, 0])?;
        }
        Ok(IsNull::No)
    }
}

/// `assets.terms @@ wanted::tsquery`.
#[derive(Debug, QueryId)]
struct Matches(String);

impl Expression for Matches {
    type SqlType = Bool;
}

impl ValidGrouping<()> for Matches {
    type IsAggregate = is_aggregate::No;
}

impl SelectableExpression<assets::table> for Matches {}
impl AppearsOnTable<assets::table> for Matches {}

impl QueryFragment<Db> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        assets::terms.walk_ast(out.reborrow())?;
        out.push_sql(" @@ ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql("::tsquery");
        Ok(())
    }
}
