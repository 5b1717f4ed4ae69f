//! One owner's assets by title or by update, which only an organization's assets have an index for. Postgres chooses between
//! that index and sorting by its statistics.

use diesel::QueryResult;
use tenon_assets::{Scope, Sort};

use super::Conn;
use super::repositories::Boxed;

/// Leaves the choice to the database.
pub fn are_few(_: &mut Conn, _: &Scope) -> QueryResult<bool> {
    Ok(false)
}

/// As it is.
pub fn sort(query: Boxed<'_>, _: Sort) -> Boxed<'_> {
    query
}
