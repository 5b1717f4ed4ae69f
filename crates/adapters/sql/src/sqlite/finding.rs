//! Assets by their keys.

use diesel::prelude::*;
use tenon_kernel::{AssetId, OrganizationId, Unavailable};

use super::Database;
use crate::rows::AssetRow;
use crate::schema::assets;
use crate::types::Key;

/// Finds assets.
pub struct Finder(Database);

impl Finder {
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// The asset, if it is there.
    pub async fn find(&self, organization: OrganizationId, asset: AssetId) -> Result<Option<AssetRow>, Unavailable> {
        let key = (Key(organization), Key(asset));
        let row = assets::table.find(key).select(AssetRow::as_select());
        self.0.point(move |conn| row.first(conn).optional()).await
    }
}
