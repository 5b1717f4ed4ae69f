//! Assets by their keys.

use tenon_kernel::{AssetId, OrganizationId, Unavailable};

use super::Database;
use super::repositories::asset_row;
use crate::rows::AssetRow;

/// Finds assets.
pub struct Finder(Database);

impl Finder {
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// The asset, if it is there.
    pub async fn find(&self, organization: OrganizationId, asset: AssetId) -> Result<Option<AssetRow>, Unavailable> {
        self.0.point(move |conn| asset_row(conn, organization, asset)).await
    }
}
