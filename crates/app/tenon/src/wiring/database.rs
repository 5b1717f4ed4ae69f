//! The database, where the data is.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use secrecy::ExposeSecret;
use tenon_sql::{DatabaseConfig, Store};
use tokio::task::spawn_blocking;

use super::WiringError;
use crate::configuration::{Database, DatabaseUrl, Settings};
use crate::data_folder;

/// Brings the database to this version's schema.
///
/// # Errors
///
/// As [`WiringError`] says.
pub fn migrate(settings: &Settings) -> Result<(), WiringError> {
    prepare(settings)?;
    Ok(tenon_sql::migrate(&database(&settings.database))?)
}

/// Opens the database.
///
/// # Errors
///
/// As [`WiringError`] says.
pub async fn open(settings: &Settings) -> Result<Store, WiringError> {
    prepare(settings)?;
    let database = database(&settings.database);
    Ok(spawn_blocking(move || tenon_sql::open(&database)).await??)
}

/// SQLite would make a missing folder, and let everybody look into it.
fn prepare(settings: &Settings) -> Result<(), WiringError> {
    if let DatabaseUrl::Postgres(_) = settings.database.url {
        return Ok(());
    }
    let path = settings.data.folder.clone();
    data_folder::make(&path).map_err(|source| WiringError::Folder { path, source })
}

fn database(database: &Database) -> DatabaseConfig {
    DatabaseConfig {
        url: database.url.to_secret().expose_secret().to_owned(),
        connections: connections(database),
    }
}

/// How many connections an instance takes. Unless configured: one SQLite reader a core, because they work here; and more
/// connections to Postgres, because what they wait for works elsewhere.
pub fn connections(database: &Database) -> u32 {
    let cores = u32::try_from(available_parallelism().map_or(1, NonZeroUsize::get)).unwrap_or(u32::MAX);
    match (database.connections, &database.url) {
        (0, DatabaseUrl::Sqlite(_)) => cores.clamp(2, 32),
        (0, DatabaseUrl::Postgres(_)) => cores.saturating_mul(4).clamp(8, 64),
        (connections, _) => connections,
    }
}
