use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sql_types::Text;
use diesel::{Connection, QueryResult, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tenon_kernel::Unavailable;

use super::Conn;
use crate::OpenError;
use crate::fault::{Fault, unavailable};
use crate::lanes::Lanes;

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../../migrations/postgres");

/// What every connection is set to. Nothing here may wait longer than a request does.
const SETTINGS: &str = "
    SET statement_timeout = '10s';
    SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '15s';
    SET TIME ZONE 'UTC';
";

/// The key of the advisory lock under which migrations run: 'tenon' in ASCII.
const MIGRATION_LOCK: i64 = 0x74_65_6e_6f_6e;

/// A Postgres database behind a pool of connections.
#[derive(Clone)]
pub struct Database {
    lanes: Arc<Lanes<Conn>>,
}

impl Database {
    /// Connects, migrates, and starts the lanes.
    pub fn open(url: &str, connections: u32) -> Result<Self, OpenError> {
        migrate(url)?;
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
        drop(connection);
        Ok(Self {
            lanes: Lanes::start(pool, connections).map_err(OpenError::connect)?,
        })
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

    /// Does `work`, which is a single statement and hence a transaction by itself: a third of the round trips.
    pub async fn statement<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        self.lanes.run(work).await?.map_err(Fault::into_error)
    }
}

/// Brings the tables up to date. Of several instances that start at once, one does it and the others wait.
pub fn migrate(url: &str) -> Result<(), OpenError> {
    let mut connection = Conn::establish(url).map_err(OpenError::connect)?;
    let lock = format!("SELECT pg_advisory_lock({MIGRATION_LOCK})");
    connection.batch_execute(&lock).map_err(OpenError::connect)?;
    // The lock is the session's: it goes with the connection.
    connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(OpenError::Migrate)?;
    Ok(())
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, connection: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        connection
            .batch_execute(SETTINGS)
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
