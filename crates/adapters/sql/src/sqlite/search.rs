//! Assets with what they are found by, which is in the full-text index `asset_terms`.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use tenon_assets::{Asset, Tag, words};
use tenon_kernel::OrganizationId;

use super::Db;
use super::repositories::Boxed;
use crate::schema::assets;

/// What an asset is found by: its words and tags, as the full-text index has them, with a space between.
#[derive(Debug, PartialEq, Eq)]
pub struct FoundBy(pub String);

impl FoundBy {
    /// What this asset is found by. Not done on the writer's time.
    pub fn of(asset: &Asset) -> Self {
        let words = words([asset.title.as_str(), asset.description.as_str()]);
        let tenant = tenant(asset.organization);
        let words = words.iter();
        let mut terms = String::with_capacity(words.len() * 16);
        for word in words {
            push_word(&mut terms, &tenant, word);
            terms.push(' ');
        }
        for tag in asset.tags.iter() {
            push_tag(&mut terms, &tenant, tag);
            terms.push(' ');
        }
        Self(terms)
    }
}

/// Leaves only assets that have a word beginning with each of `words`, and the tag.
pub fn narrow<'a>(query: Boxed<'a>, organization: OrganizationId, words: &[String], tag: Option<&Tag>) -> Boxed<'a> {
    let tenant = tenant(organization);
    let mut wanted = String::new();
    for word in words {
        wanted.push_str(if wanted.is_empty() { "\"" } else { " AND \"" });
        push_word(&mut wanted, &tenant, word);
        wanted.push_str("\"*");
    }
    if let Some(tag) = tag {
        wanted.push_str(if wanted.is_empty() { "\"" } else { " AND \"" });
        push_tag(&mut wanted, &tenant, tag.as_str());
        wanted.push('"');
    }
    if wanted.is_empty() {
        return query;
    }
    query.filter(Matches(wanted))
}

/// The index knows letters and digits only, so every other ASCII character of a word becomes one for private use, which
/// words are split at and hence never have.
fn push_word(terms: &mut String, tenant: &str, word: &str) {
    terms.push_str(tenant);
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        terms.push_str(word);
        return;
    }
    terms.extend(word.chars().map(|c| match u8::try_from(c) {
        Ok(sign) if sign.is_ascii_punctuation() => private(sign),
        _ => c,
    }));
}

/// A character for private use that stands for an ASCII one (The Unicode Standard, section 23.5).
fn private(sign: u8) -> char {
    char::from_u32(0xe000 + u32::from(sign)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The index folds case and splits at spaces, so a tag goes in as the digits of its bytes, after a sign that no word
/// begins with.
fn push_tag(terms: &mut String, tenant: &str, tag: &str) {
    terms.push_str(tenant);
    terms.push(private(b'#'));
    for byte in tag.bytes() {
        terms.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or_default()));
    }
}

/// The last bits of a UUIDv7, which are random. Two organizations that have them in common search through each other's words,
/// which is slower and nothing else, for every query also compares the whole organization. More bits would make each term
/// of each asset longer.
fn tenant(organization: OrganizationId) -> String {
    format!("{:06x}", organization.uuid().as_u128() & 0xff_ffff)
}

/// `assets.seq IN (SELECT rowid FROM asset_terms WHERE asset_terms MATCH …)`.
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
        assets::seq.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT rowid FROM asset_terms WHERE asset_terms MATCH ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql(")");
        Ok(())
    }
}
