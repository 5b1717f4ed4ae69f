//! Rows of many callers in one transaction, which is what the writer does with all work.

use diesel::QueryResult;
use tenon_kernel::Unavailable;

use super::{Conn, Database};

/// Inserts what its callers bring.
pub struct Inserts<T> {
    database: Database,
    insert: fn(&mut Conn, &[T]) -> QueryResult<()>,
}

impl<T: Send + Sync + 'static> Inserts<T> {
    /// `insert` must insert all of the items or none.
    pub fn new(database: Database, insert: fn(&mut Conn, &[T]) -> QueryResult<()>) -> Self {
        Self { database, insert }
    }

    /// Returns when the item is there, durably.
    pub async fn insert(&self, item: T) -> Result<(), Unavailable> {
        let insert = self.insert;
        self.database
            .insert(move |conn| Ok(insert(conn, std::slice::from_ref(&item))?))
            .await
    }
}
