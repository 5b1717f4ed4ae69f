mod checkpoints;
mod migrations;
mod plans;
mod queueing;
mod settings;
mod writer;

use tempfile::TempDir;

use super::Database;
use crate::testing::file;

/// A migrated database with two readers, in a folder that goes when the test ends.
fn database() -> (TempDir, Database) {
    let (folder, path) = file();
    let database = Database::open(&path, 2).unwrap();
    (folder, database)
}
