//! Assets with what they are found by: rows of `asset_tags`, and their words in the full-text index `asset_words`.

use diesel::define_sql_function;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};
use tenon_assets::{Asset, Tag, Tags, words};
use tenon_kernel::{AssetId, OrganizationId};

use super::repositories::Boxed;
use super::{Conn, Db};
use crate::rows::AssetRow;
use crate::schema::{asset_tags, assets};
use crate::types::Key;

define_sql_function! {
    /// The `seq` of the row that this connection inserted last (SQLite manual, Core Functions).
    fn last_insert_rowid() -> BigInt;
}

/// What an asset is found by.
#[derive(Debug, PartialEq, Eq)]
pub struct FoundBy {
    organization: OrganizationId,
    asset: AssetId,
    tags: Tags,
    /// The words as the full-text index has them: tokens with a space between.
    words: String,
}

impl FoundBy {
    /// What this asset is found by. Not done on the writer's time.
    pub fn of(asset: &Asset) -> Self {
        let found = words([asset.title.as_str(), asset.description.as_str()]);
        let mut words = String::with_capacity(found.len() * 20);
        for word in &found {
            words.push_str(&token(asset.organization, word));
            words.push(' ');
        }
        Self {
            organization: asset.organization,
            asset: asset.id,
            tags: asset.tags.clone(),
            words,
        }
    }

    fn add_tags(&self, conn: &mut Conn) -> QueryResult<()> {
        for tag in self.tags.iter() {
            diesel::insert_into(asset_tags::table)
                .values((
                    asset_tags::organization_id.eq(Key(self.organization)),
                    asset_tags::tag.eq(tag),
                    asset_tags::asset_id.eq(Key(self.asset)),
                ))
                .execute(conn)?;
        }
        Ok(())
    }

    fn remove_tags(&self, conn: &mut Conn) -> QueryResult<()> {
        for tag in self.tags.iter() {
            diesel::delete(asset_tags::table.find((Key(self.organization), tag, Key(self.asset)))).execute(conn)?;
        }
        Ok(())
    }
}

/// Inserts the asset and what it is found by.
pub fn insert(conn: &mut Conn, row: &AssetRow, found_by: &FoundBy) -> QueryResult<()> {
    // Not RETURNING: to SQLite it is a trigger, before which the full-text index writes all it has gathered to disk.
    diesel::insert_into(assets::table).values(row).execute(conn)?;
    let seq = diesel::select(last_insert_rowid()).get_result(conn)?;
    found_by.add_tags(conn)?;
    AddWords(seq, found_by.words.clone()).execute(conn)?;
    Ok(())
}

/// Replaces the row that was read as `before`, and what it is found by. Says how many rows it replaced.
pub fn replace(conn: &mut Conn, before: AssetRow, row: &AssetRow, found_by: &FoundBy) -> QueryResult<usize> {
    let target = assets::table
        .find((row.organization_id, row.id))
        .filter(assets::version.eq(before.version));
    let Some(seq) = diesel::update(target)
        .set(row)
        .returning(assets::seq)
        .get_result(conn)
        .optional()?
    else {
        return Ok(0);
    };
    let before = FoundBy::of(&before.into_asset()?);
    if before.tags != found_by.tags {
        before.remove_tags(conn)?;
        found_by.add_tags(conn)?;
    }
    if before.words != found_by.words {
        RemoveWords(seq, before.words).execute(conn)?;
        AddWords(seq, found_by.words.clone()).execute(conn)?;
    }
    Ok(1)
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
    let found_by = FoundBy::of(&before.into_asset()?);
    found_by.remove_tags(conn)?;
    RemoveWords(seq, found_by.words).execute(conn)?;
    Ok(1)
}

/// Takes all assets of the organization out of what they are found by; to be called before they are deleted.
pub fn forget_organization(conn: &mut Conn, organization: OrganizationId) -> QueryResult<()> {
    diesel::delete(asset_tags::table.filter(asset_tags::organization_id.eq(Key(organization)))).execute(conn)?;
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
            RemoveWords(seq, FoundBy::of(&row.into_asset()?).words).execute(conn)?;
        }
    }
}

/// Leaves only assets that have a word beginning with each of `words`, and the tag.
pub fn narrow<'a>(
    mut query: Boxed<'a>,
    organization: OrganizationId,
    words: &'a [String],
    tag: Option<&'a Tag>,
) -> Boxed<'a> {
    if !words.is_empty() {
        let beginnings: Vec<String> = words
            .iter()
            .map(|word| format!("\"{}\"*", token(organization, word)))
            .collect();
        query = query.filter(Matches(beginnings.join(" AND ")));
    }
    if let Some(tag) = tag {
        let tagged = asset_tags::table
            .filter(asset_tags::organization_id.eq(Key(organization)))
            .filter(asset_tags::tag.eq(tag.as_str()));
        query = query.filter(assets::id.eq_any(tagged.select(asset_tags::asset_id)));
    }
    query
}

/// A word with its organization before it. The last bits of a UUIDv7 are random; should two organizations have them in
/// common, their searches are slower and nothing else, for every query also compares the whole organization.
///
/// The index knows letters and digits only, so every other ASCII character becomes a letter outside of ASCII.
fn token(organization: OrganizationId, word: &str) -> String {
    let tenant = organization.uuid().as_u128() & 0xffff_ffff_ffff;
    let plain = |c: char| {
        if c.is_ascii() && !c.is_ascii_alphanumeric() {
            'ǃ'
        } else {
            c
        }
    };
    let mut token = format!("{tenant:012x}");
    token.extend(word.chars().map(plain));
    token
}

macro_rules! words_statement {
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

words_statement!(AddWords, "INSERT INTO asset_words (rowid, words) VALUES (");
// The index must be told what the words were.
words_statement!(
    RemoveWords,
    "INSERT INTO asset_words (asset_words, rowid, words) VALUES ('delete', "
);

/// `assets.seq IN (SELECT rowid FROM asset_words WHERE asset_words MATCH …)`.
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
        out.push_sql(" IN (SELECT rowid FROM asset_words WHERE asset_words MATCH ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql(")");
        Ok(())
    }
}
