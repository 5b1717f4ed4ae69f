use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sql_types::BigInt;
use diesel::{Connection, QueryResult, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tenon_kernel::{Load, Unavailable};

use super::Conn;
use super::checkpoints::{Checkpoints, LONG};
use super::writer::Writer;
use crate::OpenError;
use crate::fault::{Fault, unavailable};
use crate::lanes::Lanes;

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../../migrations/sqlite");

/// What every connection is set to. `synchronous=FULL` makes a commit survive a loss of power.
const SETTINGS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8000;
    PRAGMA wal_autocheckpoint = 16000;
";

/// What the writer is set to besides: others see to its log.
pub(super) const NO_CHECKPOINTS: &str = "PRAGMA wal_autocheckpoint = 0";

/// An SQLite file: one writer, many readers.
#[derive(Clone)]
pub struct Database {
    readers: Arc<Lanes<Conn>>,
    writer: Arc<Writer>,
}

impl Database {
    /// Opens or creates the file, migrates it, and starts its threads.
    pub fn open(path: &Path, connections: u32) -> Result<Self, OpenError> {
        migrate(path)?;
        let url = path
            .to_str()
            .ok_or_else(|| OpenError::Url("the path is not UTF-8".to_owned()))?;
        let mut first = connect(url)?;
        first.batch_execute(NO_CHECKPOINTS).map_err(OpenError::connect)?;
        assert_settings(&mut first)?;
        let pool = Pool::builder()
            // The lanes use one each; the others are for reads on the caller's own thread.
            .max_size(connections.saturating_mul(2))
            .min_idle(Some(connections))
            .connection_timeout(Duration::from_secs(5))
            .connection_customizer(Box::new(Settings))
            .build(ConnectionManager::new(url))
            .map_err(OpenError::connect)?;
        let readers = Lanes::start(pool, connections).map_err(OpenError::connect)?;
        let checkpoints = Checkpoints::start(connect(url)?, path, LONG).map_err(OpenError::connect)?;
        let writer = Writer::start(first, checkpoints).map_err(OpenError::connect)?;
        Ok(Self {
            readers,
            writer: Arc::new(writer),
        })
    }

    /// How busy the readers and the writer are.
    pub fn loads(&self) -> Vec<Load> {
        vec![self.readers.load(), self.writer.load()]
    }

    /// Reads on another thread.
    pub async fn read<T, F>(&self, read: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    {
        self.readers.run(read).await?.map_err(unavailable)
    }

    /// Reads one row by its key, here and now: such a read takes microseconds, and handing it over would take longer.
    pub async fn point<T, F>(&self, read: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    {
        match self.readers.pool().try_get() {
            Some(mut connection) => read(&mut connection).map_err(unavailable),
            None => self.read(read).await,
        }
    }

    /// Does `work` in a transaction that is committed, durably, before this returns.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// As [`Database::write`], for work that either succeeds or fails after it has written.
    pub async fn insert<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        self.writer.run_uncounted(work).await
    }

    /// Does `work`, of which one statement alone writes on Postgres.
    pub async fn statement<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        self.write(work).await
    }
}

/// Creates the file if there is none and brings its tables up to date. Several processes may do so at once.
pub fn migrate(path: &Path) -> Result<(), OpenError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(OpenError::connect)?;
    }
    let _lock = lock(path)?;
    // SQLite would let everybody read it, and makes the files beside it as it is.
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    if let Some(error) = made.err().filter(|error| error.kind() != ErrorKind::AlreadyExists) {
        return Err(OpenError::connect(error));
    }
    let url = path
        .to_str()
        .ok_or_else(|| OpenError::Url("the path is not UTF-8".to_owned()))?;
    connect(url)?
        .run_pending_migrations(MIGRATIONS)
        .map_err(OpenError::Migrate)?;
    Ok(())
}

/// Waits for whoever opens or replaces the file, and has everybody else wait as long as what is returned is open. The lock is on a file
/// beside it that nothing is written to.
pub fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).open(&name);
    let file = file.map_err(OpenError::connect)?;
    file.lock().map_err(OpenError::connect)?;
    Ok(file)
}

pub(super) fn connect(url: &str) -> Result<Conn, OpenError> {
    let mut connection = Conn::establish(url).map_err(OpenError::connect)?;
    connection.batch_execute(SETTINGS).map_err(OpenError::connect)?;
    Ok(connection)
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, connection: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        connection
            .batch_execute(SETTINGS)
            .and_then(|()| connection.batch_execute("PRAGMA query_only = ON"))
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

#[derive(QueryableByName)]
struct InForce {
    #[diesel(sql_type = BigInt)]
    synchronous: i64,
    #[diesel(sql_type = BigInt)]
    foreign_keys: i64,
    #[diesel(sql_type = BigInt)]
    wal: i64,
}

/// Refuses to start on a database that would not keep what was acknowledged.
fn assert_settings(connection: &mut Conn) -> Result<(), OpenError> {
    let in_force: InForce = diesel::sql_query(
        "SELECT (SELECT synchronous FROM pragma_synchronous) AS synchronous,
                (SELECT foreign_keys FROM pragma_foreign_keys) AS foreign_keys,
                (SELECT journal_mode = 'wal' FROM pragma_journal_mode) AS wal",
    )
    .get_result(connection)
    .map_err(OpenError::connect)?;
    if in_force.synchronous < 2 || in_force.foreign_keys != 1 || in_force.wal != 1 {
        return Err(OpenError::NotDurable(
            "SQLite did not take WAL, synchronous=FULL and foreign_keys=ON".to_owned(),
        ));
    }
    Ok(())
}
