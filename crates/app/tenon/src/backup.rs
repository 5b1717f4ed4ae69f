//! `tenon backup` and `tenon restore`: a folder with a copy of the database, what is in it, and a digest of each file.

mod error;
mod files;
mod making;
mod manifest;
mod postgres;
mod programs;
mod restoring;
mod secrets;
mod sqlite;
mod verifying;

pub use making::run as backup;
pub use restoring::run as restore;

use tenon_sql::{Part, Step};

use crate::progress::Progress;

/// The database in a backup, by its kind.
const SQLITE: &str = "tenon.db";
const POSTGRES: &str = "database.dump";

/// Tells of a database that is read.
fn reading(progress: &mut Progress) -> impl FnMut(Step) + '_ {
    |step| match step {
        Step::Begin { part, rows, done } => {
            let name = match part {
                Part::Reading | Part::Comparing => "reading",
                Part::Copying => "copying",
            };
            progress.begin(name, "rows", rows, done);
        }
        Step::Rows(rows) => progress.advance(rows),
    }
}
