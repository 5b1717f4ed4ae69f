//! The store on each of the two databases.

use std::ops::Deref;

use tenon_sql::{DatabaseConfig, Store};

use crate::app::TestApp;
use crate::databases::Database;

/// A store on an empty database of its own.
pub struct TestStore {
    // Dropped in this order: whoever works with the database, then the database.
    store: Store,
    database: Database,
}

impl TestStore {
    /// On a new SQLite file.
    pub fn sqlite() -> Self {
        Self::on(Database::sqlite())
    }

    /// On the database of a server that runs.
    pub fn beside(app: &TestApp) -> Store {
        open(app.database().url())
    }

    /// On a new Postgres database.
    pub fn postgres() -> Self {
        Self::on(Database::postgres())
    }

    fn on(database: Database) -> Self {
        let store = open(database.url());
        Self { store, database }
    }

    /// The database underneath.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Another store on the same database, as another instance has it.
    pub fn another(&self) -> Store {
        open(self.database.url())
    }
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// The store on a database that others may work on too.
///
/// # Panics
///
/// When it cannot be opened.
pub fn open(url: &str) -> Store {
    let config = DatabaseConfig {
        url: url.to_owned(),
        connections: 8,
    };
    tenon_sql::open(&config).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// One test for each database, `NAME::sqlite` and `NAME::postgres`, from one source that is given an empty [`TestStore`].
///
/// ```ignore
/// for_each_store!(an_unknown_address_has_no_account, |store| {
///     assert!(store.users.by_email(&email("nobody")).await.unwrap().is_none());
/// });
/// ```
#[macro_export]
macro_rules! for_each_store {
    ($name:ident, |$store:ident| $story:block) => {
        async fn $name($store: $crate::stores::TestStore) $story

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::stores::TestStore::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name($crate::stores::TestStore::postgres()).await;
            }
        }
    };
}
