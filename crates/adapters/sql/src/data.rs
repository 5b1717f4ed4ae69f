//! Whole databases: what is in them, table by table, and their way from SQLite to Postgres.
//!
//! A table is known by its columns, whose values both databases give in the same form. So one digest stands for the content
//! of a table wherever it is.

mod content;
mod copying;
mod error;
mod examination;
mod held;
mod insertion;
mod kind;
mod ledger;
mod lite;
mod pg;
mod side;
mod snapshot;
mod tables;
#[cfg(test)]
mod tests;
mod value;

pub use content::TableContent;
pub use copying::{Copied, copy};
pub use error::{DataError, Difference, differences};
pub use examination::{Examination, examine};
pub use held::HeldPostgres;
pub use ledger::LEDGER;
pub use side::{Part, Step};
pub use snapshot::{Contents, PostgresSnapshot, check_file, lock, settle, write_anew};
