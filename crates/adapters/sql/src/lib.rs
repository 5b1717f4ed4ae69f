//! The stores of every domain on SQLite and on Postgres.
//!
//! `repositories/` is compiled twice, once against each kind of connection; what really differs is in `sqlite/` and
//! `postgres/`.
//!
//! Architecture Invariant: a transaction opens and closes in here. None crosses a port.

mod address;
mod data;
mod doubt;
mod fault;
mod keyset;
mod lanes;
mod open;
mod postgres;
mod prepared;
mod rows;
mod schema;
mod sqlite;
#[cfg(test)]
mod testing;
mod types;

pub use address::well_formed;
pub use data::{
    Contents, Copied, DataError, Difference, Examination, HeldPostgres, Part, PostgresSnapshot, Step, TableContent,
    check_file, copy, differences, examine, lock, settle, write_anew,
};
pub use open::{DatabaseConfig, Housekeeping, OpenError, Store, migrate, open, schema};
