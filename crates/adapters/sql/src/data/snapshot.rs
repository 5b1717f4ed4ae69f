//! A database as it is at one moment, while others go on with it.

use std::fs::File;
use std::path::{Path, PathBuf};

use diesel::RunQueryDsl;
use diesel::deserialize::QueryableByName;
use diesel::sql_types::Text;
use url::Url;

use super::DataError;
use super::content::TableContent;
use super::lite::Lite;
use super::pg::{Pg, failed};
use super::side::{Observer, Part, Side};
use super::tables::LEFT;
use crate::sqlite;

/// What is in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The version of its last migration; empty before the first.
    pub schema: String,
    /// Without what instances tell of themselves.
    pub tables: Vec<TableContent>,
}

pub(super) fn contents<S: Side>(side: &mut S, observe: Observer<'_>) -> Result<Contents, DataError> {
    let mut tables = side.tables()?;
    tables.retain(|table| !LEFT.contains(&table.as_str()));
    Ok(Contents {
        schema: side.version()?.unwrap_or_default(),
        tables: side.contents(&tables, Part::Comparing, observe)?,
    })
}

/// Writes an SQLite file anew, as it is at one moment, while servers read and write it. `to` must not exist.
///
/// # Errors
///
/// As [`DataError`] says.
pub fn write_anew(from: &Path, to: &Path) -> Result<(), DataError> {
    let to = to.to_str().ok_or(DataError::Address("the path is not UTF-8"))?;
    Lite::open(from)?.vacuum_into(to)
}

/// Checks an SQLite file that nobody writes to, page by page, and says what is in it. It is not changed.
///
/// # Errors
///
/// As [`DataError`] says.
pub fn check_file(path: &Path, observe: Observer<'_>) -> Result<Contents, DataError> {
    let absolute = path.canonicalize().map_err(|_| DataError::Missing(path.to_owned()))?;
    let url = Url::from_file_path(absolute).map_err(|()| DataError::Address("the path cannot be opened"))?;
    let mut lite = Lite::immutable(&format!("{url}?immutable=1"))?;
    if let Some(fault) = lite.fault()? {
        return Err(DataError::Damaged {
            path: path.to_owned(),
            fault,
        });
    }
    contents(&mut lite, observe)
}

/// Has whoever starts on an SQLite file wait, as long as what is returned is open.
///
/// # Errors
///
/// [`DataError::Open`] when the file beside it that is locked cannot be made.
pub fn lock(path: &Path) -> Result<File, DataError> {
    Ok(sqlite::lock(path)?)
}

/// Holds an SQLite file for a moment, to be sure that nobody has it open, and brings its log into it.
///
/// # Errors
///
/// [`DataError::InUse`] when somebody has it open, and others.
pub fn settle(path: &Path) -> Result<(), DataError> {
    drop(Lite::alone(path)?);
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if PathBuf::from(log).exists() {
        return Err(DataError::InUse(path.to_owned()));
    }
    Ok(())
}

/// What others read, too, as long as this is there: a transaction that shows its snapshot.
pub struct PostgresSnapshot {
    pg: Pg,
    id: String,
    major: i32,
}

#[derive(QueryableByName)]
struct Exported {
    #[diesel(sql_type = Text)]
    id: String,
}

impl PostgresSnapshot {
    /// Takes it.
    ///
    /// # Errors
    ///
    /// As [`DataError`] says.
    pub fn take(url: &str) -> Result<Self, DataError> {
        let mut pg = Pg::open(url)?;
        pg.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let query = diesel::sql_query("SELECT pg_export_snapshot() AS id");
        let Exported { id } = query.get_result(&mut pg.conn).map_err(failed)?;
        let major = pg.major()?;
        Ok(Self { pg, id, major })
    }

    /// As `pg_dump --snapshot` takes it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version of the server.
    pub fn major(&self) -> i32 {
        self.major
    }

    /// What is in the database at the moment of the snapshot.
    ///
    /// # Errors
    ///
    /// As [`DataError`] says.
    pub fn contents(&mut self, observe: Observer<'_>) -> Result<Contents, DataError> {
        contents(&mut self.pg, observe)
    }
}
