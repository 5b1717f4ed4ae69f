use std::fmt;
use std::path::PathBuf;

use diesel::result::Error as DieselError;

use super::content::TableContent;
use crate::OpenError;

/// Why data was not copied or looked at.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// There is nothing at the path.
    #[error("{path}: there is no such file", path = .0.display())]
    Missing(PathBuf),
    /// A server, or another command, has the SQLite file open.
    #[error("{path} is in use: stop every server and command that has it open, then run this again", path = .0.display())]
    InUse(PathBuf),
    /// A file is not what SQLite wrote.
    #[error("{path} is damaged: {fault}", path = .path.display())]
    Damaged { path: PathBuf, fault: String },
    /// The address names the wrong kind of database.
    #[error("{0}")]
    Address(&'static str),
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The tables are of another version than this binary is.
    #[error("{database} has the tables of version {found}, and this binary those of {expected}: {remedy}")]
    Version {
        database: &'static str,
        found: String,
        expected: String,
        remedy: &'static str,
    },
    /// A table has other columns in one database than in the other.
    #[error("the columns of {0} are not the same in both databases")]
    Columns(String),
    /// There is data where data is to go.
    #[error("the target is not empty: {0} has rows; copy into a database of its own")]
    NotEmpty(String),
    /// A server or a command works with the database that data is to go into.
    #[error("a server or another command has the target open: stop all of them, then run this again")]
    Served,
    /// Somebody is connected to the database that is to be replaced.
    #[error("{0} others are connected to the database: stop every server and command first")]
    Connected(usize),
    /// Somebody else copies into the same database.
    #[error("another copy into this database is running")]
    Busy,
    /// The source changed since an interrupted copy began.
    #[error(
        "{0} in the source is not what it was when the interrupted copy began: drop the target database, create it anew and run \
         this again"
    )]
    OtherSource(String),
    /// What was copied is not what was there.
    #[error("the copy differs from its source: {}", list(.0))]
    Differs(Vec<Difference>),
    /// The database failed.
    #[error("{database}")]
    Failed {
        database: &'static str,
        #[source]
        source: DieselError,
    },
}

/// A table that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub expected: TableContent,
    pub found: Option<TableContent>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TableContent { table, rows, .. } = &self.expected;
        match &self.found {
            None => write!(f, "{table} is missing"),
            Some(found) if found.rows != *rows => write!(f, "{table} has {} rows instead of {rows}", found.rows),
            Some(_) => write!(f, "{table} has {rows} rows as it should, but others"),
        }
    }
}

/// What of `expected` is not found as it is expected; empty when all is.
pub fn differences(expected: &[TableContent], found: &[TableContent]) -> Vec<Difference> {
    let other = |expected: &TableContent| {
        let found = found.iter().find(|found| found.table == expected.table).cloned();
        (found.as_ref() != Some(expected)).then(|| Difference {
            expected: expected.clone(),
            found,
        })
    };
    expected.iter().filter_map(other).collect()
}

fn list(differences: &[Difference]) -> String {
    let all: Vec<String> = differences.iter().map(ToString::to_string).collect();
    all.join("; ")
}
