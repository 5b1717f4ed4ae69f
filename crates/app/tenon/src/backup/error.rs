use std::io;
use std::path::{Path, PathBuf};

use tenon_sql::{DataError, Difference};

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("{path}", path = .path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A backup never goes over something else.
    #[error("{path} is there already: choose another name", path = .0.display())]
    Exists(PathBuf),
    /// What is there is not what a backup wrote.
    #[error("the backup is damaged: {path}: {why}", path = .path.display())]
    Damaged { path: PathBuf, why: String },
    /// There are secrets that nobody vouches for.
    #[error("{path} is no part of the backup: its manifest does not name it; take it away", path = .0.display())]
    Unnamed(PathBuf),
    /// The database in the backup is not what the manifest says.
    #[error("the backup is damaged: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Differs(Vec<Difference>),
    /// It was made by a newer Tenon.
    #[error(
        "the backup is of version {version} with the tables of {schema}, which this binary does not know: use that version"
    )]
    Newer { version: String, schema: String },
    /// It is of another kind of database than the configured one.
    #[error("the backup is of {backup}, and database.url names {configured}: {remedy}")]
    OtherKind {
        backup: &'static str,
        configured: &'static str,
        remedy: &'static str,
    },
    /// There is data where the backup is to go.
    #[error("there is data in {0} already: --force restores over it")]
    Occupied(String),
    /// A program of Postgres is missing or too old.
    #[error(
        "{name} of version {major} or later is needed for a server of version {major}, and {found}: install the client programs of \
         Postgres {major} (Debian and Ubuntu: `apt-get install postgresql-client-{major}`, macOS: `brew install libpq`)"
    )]
    Program {
        name: &'static str,
        major: i32,
        found: String,
    },
    /// A program of Postgres failed.
    #[error("{name} failed: {why}")]
    Failed { name: &'static str, why: String },
}

/// An error about the file at a path.
pub fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    |source| BackupError::Io {
        path: path.to_owned(),
        source,
    }
}
