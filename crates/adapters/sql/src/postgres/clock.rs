//! The time as the database has it, which is the same for all instances.

use diesel::dsl::sql;
use diesel::prelude::*;
use tenon_kernel::Timestamp;

use super::Conn;
use crate::types::{At, sql::Instant};

/// Now, also within a transaction.
pub fn now(conn: &mut Conn) -> QueryResult<Timestamp> {
    let now: At = diesel::select(sql::<Instant>("clock_timestamp()")).get_result(conn)?;
    Ok(now.0)
}
