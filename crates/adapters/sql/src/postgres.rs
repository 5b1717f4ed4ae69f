//! Postgres, and what speaks its protocol.

mod batches;
mod clock;
mod columns;
mod database;
mod exchange;
mod finding;
mod locks;
mod owned;
mod planning;
mod posting;
mod queueing;
#[expect(
    clippy::duplicate_mod,
    reason = "the same source serves both databases, see ARCHITECTURE.md"
)]
#[path = "repositories/mod.rs"]
mod repositories;
mod search;
mod storing;
mod telling;
#[cfg(test)]
mod tests;
mod unnest;

pub use database::{Database, LIFE_LOCK, MIGRATION_LOCK, migrate, newest, patient};
pub use repositories::store;
pub use search::FoundBy;

pub type Conn = diesel::PgConnection;
pub type Db = diesel::pg::Pg;
