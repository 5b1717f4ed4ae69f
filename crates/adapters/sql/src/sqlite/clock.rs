//! The time as the database has it: all who share the file run on one machine.

use diesel::dsl::sql;
use diesel::prelude::*;
use tenon_kernel::Timestamp;

use super::Conn;
use crate::types::{At, sql::Instant};

/// Now, to the millisecond.
pub fn now(conn: &mut Conn) -> QueryResult<Timestamp> {
    let now = sql::<Instant>("CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)");
    let now: At = diesel::select(now).get_result(conn)?;
    Ok(now.0)
}
