use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::migration::{Migration, MigrationSource};
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, QueryResult, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tenon_kernel::{Load, Unavailable};
use url::Url;

use super::planning::ONCE;
use super::{Conn, Db};
use crate::OpenError;
use crate::data::LEDGER;
use crate::fault::{Fault, unavailable};
use crate::lanes::Lanes;

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../../migrations/postgres");

/// What every connection is set to. Nothing here may wait longer than a request does. Every statement has an index to go by: one that was
/// planned while its table was empty would go on reading all of it (PostgreSQL manual, Planner Method Configuration). Compiling a plan takes longer
/// than any of them.
const SETTINGS: &str = "
    SET enable_seqscan = off;
    SET jit = off;
    SET statement_timeout = '10s';
    SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '15s';
    SET TIME ZONE 'UTC';
";

/// What an address may leave to us: a server that vanished from the network is given up on within the time that a request
/// has, where the system would wait for a quarter of an hour (PostgreSQL manual, Database Connection Control Functions).
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "3"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// The key of the advisory lock under which migrations run, and a server starts: 'tenon' in ASCII.
pub const MIGRATION_LOCK: i64 = 0x74_65_6e_6f_6e;

/// The key of the advisory lock that everybody shares who has the database open, as long as a connection is there: 'live' in ASCII.
pub const LIFE_LOCK: i64 = 0x6c_69_76_65;

/// A Postgres database behind a pool of connections.
#[derive(Clone)]
pub struct Database {
    lanes: Arc<Lanes<Conn>>,
}

impl Database {
    /// Connects, migrates, and starts the lanes.
    pub fn open(url: &str, connections: u32) -> Result<Self, OpenError> {
        // Soon, for clear words, and once more when nobody can begin a copy any more.
        let mut starting = migrated(url)?;
        assert_whole(&mut starting)?;
        let url = patient(url);
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(connections.min(2)))
            .connection_timeout(Duration::from_secs(2))
            .test_on_check_out(false)
            .connection_customizer(Box::new(Settings))
            .build(ConnectionManager::new(url))
            .map_err(OpenError::connect)?;
        let mut connection = pool.get().map_err(OpenError::connect)?;
        assert_settings(&mut connection)?;
        assert_whole(&mut connection)?;
        drop(connection);
        // Until here whoever replaces the data waits for this start, and from here on finds it.
        drop(starting);
        Ok(Self {
            lanes: Lanes::start(pool, connections).map_err(OpenError::connect)?,
        })
    }

    /// The most connections.
    pub(super) fn connections(&self) -> usize {
        usize::try_from(self.lanes.pool().max_size()).unwrap_or(usize::MAX)
    }

    /// How busy the connections are.
    pub fn loads(&self) -> Vec<Load> {
        vec![self.lanes.load()]
    }

    /// Does `work` some time, on another thread.
    pub(super) fn post(
        &self,
        work: impl FnOnce(Result<&mut Conn, Unavailable>) + Send + 'static,
    ) -> Result<(), Unavailable> {
        self.lanes.post(work)
    }

    /// Reads on another thread.
    pub async fn read<T, F>(&self, read: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    {
        self.lanes.run(read).await?.map_err(unavailable)
    }

    /// Reads one row by its key.
    pub async fn point<T, F>(&self, read: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    {
        self.read(read).await
    }

    /// Does `work` in a transaction that is committed, durably, before this returns.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the write function that all others go through"
        )]
        self.lanes
            .run(|conn| conn.transaction(work))
            .await?
            .map_err(Fault::into_error)
    }

    /// Does `work`, of which one statement alone writes and hence is a transaction by itself: a third of the round trips.
    pub async fn statement<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        self.lanes.run(work).await?.map_err(Fault::into_error)
    }
}

/// Does `work` in a transaction of its own.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the write function of what is done for many callers"
)]
pub fn transaction<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> QueryResult<T> {
    conn.transaction(work)
}

/// The address with a bound on every wait that it does not bound by itself.
pub fn patient(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    for (name, value) in PATIENCE {
        if !parsed.query_pairs().any(|(key, _)| key == name) {
            parsed.query_pairs_mut().append_pair(name, value);
        }
    }
    parsed.into()
}

/// Brings the tables up to date. Of several instances that start at once, one does it and the others wait.
pub fn migrate(url: &str) -> Result<(), OpenError> {
    migrated(url).map(drop)
}

fn migrated(url: &str) -> Result<Conn, OpenError> {
    let mut connection = Conn::establish(&patient(url)).map_err(OpenError::connect)?;
    let lock = format!("SELECT pg_advisory_lock({MIGRATION_LOCK})");
    connection.batch_execute(&lock).map_err(OpenError::connect)?;
    // The lock is the session's: it goes with the connection.
    connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(OpenError::Migrate)?;
    Ok(connection)
}

/// The version of the newest migration.
pub fn newest() -> String {
    let migrations: Vec<Box<dyn Migration<Db>>> = MIGRATIONS.migrations().unwrap_or_default();
    let versions = migrations
        .iter()
        .map(|migration| migration.name().version().to_string());
    versions.max().unwrap_or_default()
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, connection: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        // Whoever copies data in has it alone, and no connection works beside that.
        let alive = format!("{SETTINGS} {ONCE}; SELECT pg_advisory_lock_shared({LIFE_LOCK})");
        connection
            .batch_execute(&alive)
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

#[derive(QueryableByName)]
struct InForce {
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
    #[diesel(sql_type = Text)]
    fsync: String,
}

#[derive(QueryableByName)]
struct Copying {
    #[diesel(sql_type = Bool)]
    copying: bool,
}

/// Refuses to start on a database that would not keep what was acknowledged.
fn assert_settings(connection: &mut Conn) -> Result<(), OpenError> {
    let in_force: InForce = diesel::sql_query(
        "SELECT current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') AS fsync",
    )
    .get_result(connection)
    .map_err(OpenError::connect)?;
    if matches!(in_force.synchronous_commit.as_str(), "off") || in_force.fsync == "off" {
        return Err(OpenError::NotDurable(
            "Postgres runs with synchronous_commit or fsync off".to_owned(),
        ));
    }
    Ok(())
}

/// Refuses to start on a database that data is being copied into.
fn assert_whole(connection: &mut Conn) -> Result<(), OpenError> {
    let query = diesel::sql_query(format!("SELECT to_regclass('{LEDGER}') IS NOT NULL AS copying"));
    let found: Copying = query.get_result(connection).map_err(OpenError::connect)?;
    if found.copying {
        Err(OpenError::Unfinished)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_it_says_of_waiting() {
        let url = patient("postgres://u:p%40@h/d?connect_timeout=9&sslmode=prefer");
        assert!(url.starts_with("postgres://u:p%40@h/d?connect_timeout=9&sslmode=prefer&keepalives_idle=5&"));
        assert_eq!(url.matches("connect_timeout").count(), 1);
    }

    #[test]
    fn an_address_of_several_hosts_stays_as_it_is() {
        let url = "postgres://one:5432,two:5432/d";
        assert_eq!(patient(url), url);
    }
}
