//! Jobs on their way into queues, one row after the other: for several rows Diesel knows no conflicts.

use diesel::prelude::*;

use super::Conn;
use super::repositories::sooner;
use crate::rows::JobRow;
use crate::schema::jobs;

/// Puts in what is not there yet, and has what waits already done no later than asked for now.
pub fn insert(conn: &mut Conn, rows: &[JobRow]) -> QueryResult<()> {
    for row in rows {
        let inserted = diesel::insert_into(jobs::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn)?;
        if inserted == 0 {
            sooner(conn, row)?;
        }
    }
    Ok(())
}
