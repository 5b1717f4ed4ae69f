//! Assets with the terms they are found by, which are a `tsvector` beside them with a GIN index.

use std::collections::BTreeSet;
use std::io::Write as _;

use diesel::expression::{AppearsOnTable, AsExpression, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Bool, Text};
use tenon_assets::{Asset, Tag, words};
use tenon_kernel::OrganizationId;

use super::Db;
use super::repositories::Boxed;
use crate::schema::assets;
use crate::types::sql;

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
