use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tenon_accounts::{ApiKeys, Invitations, Members, Organizations, Revocations, Sessions, Sites, Units, Users};
use tenon_assets::Inventory;
use tenon_audit::Ledger;
use tenon_cluster::Instances;
use tenon_graph::{Certificates, Inbox, Notifications, Registry};
use tenon_jobs::{Backlog, Queue, Schedules};
use tenon_kernel::{Answers, Journal, Pools, Probe, Timestamp, Unavailable};
use tenon_messages::keys::{Devices, PublicKeys};
use tenon_messages::{Archive, Mail};
use tenon_rooms::{Activities, Directory, Outbox};
use tenon_vault::{Credentials, Wrappings};

use crate::address::well_formed;
use crate::{postgres, sqlite};

/// Which database, and how many connections to it.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `sqlite:PATH`, `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    pub url: String,
    /// The most connections to Postgres, or readers of SQLite. At least 1.
    pub connections: u32,
}

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is not one of a database that Tenon knows.
    #[error("{0}")]
    Url(String),
    /// The database cannot be reached or opened.
    #[error("cannot open the database: {0}")]
    Connect(#[source] Box<dyn Error + Send + Sync>),
    /// The tables could not be brought up to date.
    #[error("cannot migrate the database: {0}")]
    Migrate(#[source] Box<dyn Error + Send + Sync>),
    /// The database could lose what it has acknowledged.
    #[error("the database is not durable: {0}")]
    NotDurable(String),
    /// A copy of data into it was begun and has not ended.
    #[error(
        "data is being copied into the database, or was until that was interrupted: run the same `tenon migrate-data` again"
    )]
    Unfinished,
}

impl OpenError {
    pub(crate) fn connect(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Connect(error.into())
    }
}

/// Clears away what nothing needs any more.
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Deletes sessions that ended a day ago, answers kept for a day, revocations that no token can match, invitations that
    /// expired, instances that vanished a day ago, and what was left for a month of messages that went and of jobs that were
    /// given up; says how many rows that were.
    async fn purge(&self, now: Timestamp) -> Result<usize, Unavailable>;
}

/// Every port that a database serves.
#[derive(Clone)]
pub struct Store {
    pub users: Arc<dyn Users>,
    pub organizations: Arc<dyn Organizations>,
    pub members: Arc<dyn Members>,
    pub invitations: Arc<dyn Invitations>,
    pub sessions: Arc<dyn Sessions>,
    pub revocations: Arc<dyn Revocations>,
    pub sites: Arc<dyn Sites>,
    pub units: Arc<dyn Units>,
    pub api_keys: Arc<dyn ApiKeys>,
    pub directory: Arc<dyn Directory>,
    pub inventory: Arc<dyn Inventory>,
    pub public_keys: Arc<dyn PublicKeys>,
    pub devices: Arc<dyn Devices>,
    pub activities: Arc<dyn Activities>,
    pub mail: Arc<dyn Mail>,
    pub archive: Arc<dyn Archive>,
    pub credentials: Arc<dyn Credentials>,
    pub wrappings: Arc<dyn Wrappings>,
    pub answers: Arc<dyn Answers>,
    pub journal: Arc<dyn Journal>,
    pub ledger: Arc<dyn Ledger>,
    pub outbox: Arc<dyn Outbox>,
    pub inbox: Arc<dyn Inbox>,
    pub notifications: Arc<dyn Notifications>,
    pub registry: Arc<dyn Registry>,
    pub certificates: Arc<dyn Certificates>,
    pub queue: Arc<dyn Queue>,
    pub backlog: Arc<dyn Backlog>,
    pub schedules: Arc<dyn Schedules>,
    pub instances: Arc<dyn Instances>,
    pub housekeeping: Arc<dyn Housekeeping>,
    pub probe: Arc<dyn Probe>,
    pub pools: Arc<dyn Pools>,
}

/// Which database an address names.
pub enum Address<'a> {
    Sqlite(&'a Path),
    Postgres(&'a str),
}

/// Opens the database, brings its tables up to date, and starts the threads that work with it. Blocks until then.
///
/// # Errors
///
/// As [`OpenError`] says.
pub fn open(config: &DatabaseConfig) -> Result<Store, OpenError> {
    let connections = config.connections.max(1);
    Ok(match address(&config.url)? {
        Address::Sqlite(path) => sqlite::store(sqlite::Database::open(path, connections)?),
        Address::Postgres(url) => postgres::store(postgres::Database::open(url, connections)?),
    })
}

/// The version of the newest migration, which is the same for both databases.
pub fn schema() -> String {
    postgres::newest()
}

/// Brings the tables up to date and does nothing else. Several instances may do so at once.
///
/// # Errors
///
/// As [`OpenError`] says.
pub fn migrate(config: &DatabaseConfig) -> Result<(), OpenError> {
    match address(&config.url)? {
        Address::Sqlite(path) => sqlite::migrate(path),
        Address::Postgres(url) => postgres::migrate(url),
    }
}

/// Reads an address.
pub fn address(url: &str) -> Result<Address<'_>, OpenError> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path == ":memory:" {
            return Err(OpenError::Url(
                "an SQLite address needs the path of a file: sqlite:data/tenon.db".to_owned(),
            ));
        }
        return Ok(Address::Sqlite(Path::new(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        if !cfg!(feature = "postgres-tls") && demands_tls(url) {
            let why = "this build speaks no TLS to Postgres: build with `--features postgres-tls`, or drop sslmode";
            return Err(OpenError::Url(why.to_owned()));
        }
        if let Err(why) = well_formed(url) {
            return Err(OpenError::Url(format!("the address of the database {why}")));
        }
        return Ok(Address::Postgres(url));
    }
    Err(OpenError::Url(
        "a database address begins with sqlite: or postgres://".to_owned(),
    ))
}

fn demands_tls(url: &str) -> bool {
    let modes = ["require", "verify-ca", "verify-full"];
    url::Url::parse(url).is_ok_and(|url| {
        url.query_pairs()
            .any(|(key, value)| key == "sslmode" && modes.contains(&value.as_ref()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> Option<String> {
        address(url).err().map(|error| error.to_string())
    }

    #[test]
    fn an_address_names_a_known_database() {
        assert!(matches!(address("sqlite:data/a.db"), Ok(Address::Sqlite(path)) if path == Path::new("data/a.db")));
        assert!(matches!(address("sqlite:///var/a.db"), Ok(Address::Sqlite(path)) if path == Path::new("/var/a.db")));
        assert!(matches!(
            address("postgresql://h/d"),
            Ok(Address::Postgres("postgresql://h/d"))
        ));
        for url in ["", "mysql://h/d", "sqlite:", "sqlite::memory:"] {
            assert!(refusal(url).is_some(), "{url}");
        }
    }

    #[cfg(not(feature = "postgres-tls"))]
    #[test]
    fn a_build_without_tls_refuses_an_address_that_demands_it() {
        assert!(
            refusal("postgres://u@h/d?sslmode=verify-full")
                .unwrap()
                .contains("postgres-tls")
        );
        assert_eq!(refusal("postgres://u@h/d?sslmode=prefer"), None);
    }
}
