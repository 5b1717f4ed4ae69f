//! SQLite.

mod database;
mod locks;
#[path = "repositories/mod.rs"]
mod repositories;
mod search;
mod writer;

pub use database::{Database, migrate};
pub use repositories::store;

pub type Conn = diesel::SqliteConnection;
pub type Db = diesel::sqlite::Sqlite;
