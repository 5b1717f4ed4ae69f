//! Assets with the terms they are found by, which are rows of a table of their own: an inverted index that both a term
//! and a beginning of a term are looked up in.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Text;
use tenon_assets::{Asset, Tag, words};
use tenon_kernel::{AssetId, OrganizationId};

use super::repositories::Boxed;
use super::{Conn, Db};
use crate::rows::AssetRow;
use crate::schema::{asset_terms, assets};
use crate::types::Key;
use crate::types::sql;

/// Inserts the asset and its terms.
pub fn insert(conn: &mut Conn, row: &AssetRow, asset: &Asset) -> QueryResult<usize> {
    let inserted = diesel::insert_into(assets::table).values(row).execute(conn)?;
    add(conn, asset.organization, asset.id, &terms_of(asset))?;
    Ok(inserted)
}

/// Replaces the row that was read as `before`, and those of its terms that changed. Says how many rows it replaced.
pub fn replace(conn: &mut Conn, before: AssetRow, row: &AssetRow, asset: &Asset) -> QueryResult<usize> {
    let target = assets::table
        .find((row.organization_id, row.id))
        .filter(assets::version.eq(before.version));
    let replaced = diesel::update(target).set(row).execute(conn)?;
    let (old, new) = (terms_of(&before.into_asset()?), terms_of(asset));
    remove(conn, asset.organization, asset.id, old.difference(&new))?;
    let added: BTreeSet<String> = new.difference(&old).cloned().collect();
    add(conn, asset.organization, asset.id, &added)?;
    Ok(replaced)
}

/// Deletes the row that was read as `before`, and its terms. Says how many rows it deleted.
pub fn delete(conn: &mut Conn, before: AssetRow) -> QueryResult<usize> {
    let target = assets::table
        .find((before.organization_id, before.id))
        .filter(assets::version.eq(before.version));
    let deleted = diesel::delete(target).execute(conn)?;
    let asset = before.into_asset()?;
    remove(conn, asset.organization, asset.id, terms_of(&asset).iter())?;
    Ok(deleted)
}

/// Deletes the terms of all assets of the organization.
pub fn forget_organization(conn: &mut Conn, organization: OrganizationId) -> QueryResult<()> {
    diesel::delete(asset_terms::table.filter(asset_terms::organization_id.eq(Key(organization)))).execute(conn)?;
    Ok(())
}

/// Leaves only assets that have a word beginning with each of `words`, and the tag.
pub fn narrow<'a>(
    mut query: Boxed<'a>,
    organization: OrganizationId,
    words: &'a [String],
    tag: Option<&'a Tag>,
) -> Boxed<'a> {
    let of_organization = || asset_terms::table.filter(asset_terms::organization_id.eq(Key(organization)));
    for word in words {
        let beginning = of_organization()
            .filter(asset_terms::term.ge(word.as_str()))
            // The last of all characters: what begins with the word sorts before the word followed by it.
            .filter(asset_terms::term.lt(format!("{word}\u{10ffff}")));
        query = query.filter(assets::id.eq_any(beginning.select(asset_terms::asset_id)));
    }
    if let Some(tag) = tag {
        let tagged = of_organization().filter(asset_terms::term.eq(tag_term(tag.as_str())));
        query = query.filter(assets::id.eq_any(tagged.select(asset_terms::asset_id)));
    }
    query
}

fn terms_of(asset: &Asset) -> BTreeSet<String> {
    let mut terms = words([asset.title.as_str(), asset.description.as_str()]);
    terms.extend(asset.tags.iter().map(tag_term));
    terms
}

/// No word begins with this sign.
fn tag_term(tag: &str) -> String {
    format!("#{tag}")
}

fn add(conn: &mut Conn, organization: OrganizationId, asset: AssetId, terms: &BTreeSet<String>) -> QueryResult<()> {
    if terms.is_empty() {
        return Ok(());
    }
    let terms =
        serde_json::to_string(terms).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    AddTerms {
        organization: Key(organization),
        asset: Key(asset),
        terms,
    }
    .execute(conn)?;
    Ok(())
}

fn remove<'a>(
    conn: &mut Conn,
    organization: OrganizationId,
    asset: AssetId,
    terms: impl Iterator<Item = &'a String>,
) -> QueryResult<()> {
    for term in terms {
        diesel::delete(asset_terms::table.find((Key(organization), term.as_str(), Key(asset)))).execute(conn)?;
    }
    Ok(())
}

/// Inserts all terms of an asset with one statement that is prepared once, whatever their number.
#[derive(Debug, QueryId)]
struct AddTerms {
    organization: Key<OrganizationId>,
    asset: Key<AssetId>,
    terms: String,
}

impl QueryFragment<Db> for AddTerms {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("INSERT OR IGNORE INTO asset_terms (organization_id, term, asset_id) SELECT ");
        out.push_bind_param::<sql::Id, _>(&self.organization)?;
        out.push_sql(", value, ");
        out.push_bind_param::<sql::Id, _>(&self.asset)?;
        out.push_sql(" FROM json_each(");
        out.push_bind_param::<Text, _>(&self.terms)?;
        out.push_sql(")");
        Ok(())
    }
}

impl RunQueryDsl<Conn> for AddTerms {}
