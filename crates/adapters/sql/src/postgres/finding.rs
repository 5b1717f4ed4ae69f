//! Assets by their keys: what many callers ask for at the moment is one statement.

use std::collections::HashMap;

use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool};
use tenon_kernel::{AssetId, OrganizationId, Unavailable};

use super::batches::Batches;
use super::repositories::asset_row;
use super::{Conn, Database, Db};
use crate::rows::AssetRow;
use crate::schema::assets;
use crate::types::{Key, sql};

pub type AssetKey = (OrganizationId, AssetId);

/// Finds assets.
pub struct Finder(Batches<AssetKey, Option<AssetRow>>);

impl Finder {
    pub fn new(database: Database) -> Self {
        Self(Batches::new(database, find))
    }

    /// The asset, if it is there.
    pub async fn find(&self, organization: OrganizationId, asset: AssetId) -> Result<Option<AssetRow>, Unavailable> {
        self.0.run((organization, asset)).await
    }
}

fn find(conn: &mut Conn, keys: &[AssetKey]) -> QueryResult<Vec<Option<AssetRow>>> {
    if let [(organization, asset)] = keys {
        return Ok(vec![asset_row(conn, *organization, *asset)?]);
    }
    let among = assets::table.filter(Among::of(keys)).select(AssetRow::as_select());
    let found = among.load(conn)?.into_iter();
    let rows: HashMap<AssetKey, AssetRow> = found
        .map(|row: AssetRow| ((row.organization_id.0, row.id.0), row))
        .collect();
    // Several may ask for the same.
    Ok(keys.iter().map(|key| rows.get(key).cloned()).collect())
}

/// Whether the row's key is one of these.
pub struct Among {
    organizations: Vec<Key<OrganizationId>>,
    assets: Vec<Key<AssetId>>,
}

impl Among {
    pub fn of(keys: &[AssetKey]) -> Self {
        let key = |(organization, asset): &AssetKey| (Key(*organization), Key(*asset));
        let (organizations, assets) = keys.iter().map(key).unzip();
        Self { organizations, assets }
    }
}

impl Expression for Among {
    type SqlType = Bool;
}

impl ValidGrouping<()> for Among {
    type IsAggregate = is_aggregate::No;
}

impl AppearsOnTable<assets::table> for Among {}

impl QueryFragment<Db> for Among {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("(assets.organization_id, assets.id) IN (SELECT * FROM unnest(");
        out.push_bind_param::<Array<sql::Id>, _>(&self.organizations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<sql::Id>, _>(&self.assets)?;
        out.push_sql("))");
        Ok(())
    }
}

impl QueryId for Among {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
