//! SQLite.

mod batches;
mod checkpoints;
mod clock;
mod database;
mod exchange;
mod finding;
mod locks;
mod owned;
mod planning;
mod posting;
mod queueing;
#[path = "repositories/mod.rs"]
mod repositories;
mod search;
mod storing;
mod telling;
#[cfg(test)]
mod tests;
mod writer;

pub use database::{Database, lock, migrate};
pub use repositories::store;

pub type Conn = diesel::SqliteConnection;
pub type Db = diesel::sqlite::Sqlite;
