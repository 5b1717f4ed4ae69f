//! What the tests of both databases share.

mod api_keys;
mod audit;
mod cluster;
mod graph;
mod jobs;
mod keys;
mod listings;
mod mail;
mod statements;
mod vault;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use tempfile::TempDir;
use tenon_kernel::{Id, Timestamp, UserId};

pub use keys::somebody;
pub use listings::{Case, cases};
pub use statements::{ask_everything, record, recorded};

/// A folder for an SQLite file, and the path of the file, which does not exist yet.
pub fn file() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenon.db");
    (folder, path)
}

/// An empty Postgres database that goes when this is dropped.
pub struct PostgresDatabase {
    admin: String,
    name: String,
}

impl PostgresDatabase {
    pub fn create() -> Self {
        let admin = std::env::var("TENON_TEST_POSTGRES")
            .expect("no Postgres: run `cargo xtask test`, or set what `cargo xtask servers` prints");
        let id: UserId = Id::at(Timestamp::from_micros(1));
        let name = format!("tenon_test_{}", id.uuid().simple());
        let database = Self { admin, name };
        database.administer(&format!("CREATE DATABASE {}", database.name));
        database
    }

    pub fn url(&self) -> String {
        let mut url = url::Url::parse(&self.admin).unwrap();
        url.set_path(&self.name);
        url.into()
    }

    /// Ends the connections of everybody.
    pub fn cut_off(&self) {
        let name = &self.name;
        self.administer(&format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
    }

    fn administer(&self, statement: &str) {
        let mut connection = PgConnection::establish(&self.admin).unwrap();
        connection.batch_execute(statement).unwrap();
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        self.administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
