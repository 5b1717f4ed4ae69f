//! Jobs on their way into queues, with one statement for all.

use diesel::prelude::*;

use super::Conn;
use super::repositories::sooner;
use crate::rows::JobRow;
use crate::schema::jobs;

/// Puts in what is not there yet, and has what waits already done no later than asked for now.
pub fn insert(conn: &mut Conn, rows: &[JobRow]) -> QueryResult<()> {
    diesel::insert_into(jobs::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)?;
    for row in rows {
        sooner(conn, row)?;
    }
    Ok(())
}
