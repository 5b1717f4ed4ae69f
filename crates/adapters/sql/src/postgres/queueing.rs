//! Jobs on their way into queues, with one statement for all.

use diesel::prelude::*;

use super::Conn;
use super::repositories::sooner;
use crate::rows::JobRow;
use crate::schema::jobs;

/// Puts in what is not there yet, and has what waits already done no later than asked for now.
pub fn insert(conn: &mut Conn, rows: &[JobRow]) -> QueryResult<()> {
    let inserted = diesel::insert_into(jobs::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)?;
    if inserted == rows.len() {
        return Ok(());
    }
    rows.iter().try_for_each(|row| sooner(conn, row))
}
