//! What there is to tell, on its way in, one row after the other: for several rows Diesel knows no conflicts.

use diesel::prelude::*;
use tenon_kernel::NotificationId;

use super::Conn;
use super::repositories::outbox::record;
use crate::rows::{ActivityRow, NotificationRow};
use crate::schema::graph_notifications as notifications;
use crate::types::Key;

/// Stores the notifications that are not there yet, and returns which those are.
pub fn notifications(conn: &mut Conn, rows: &[NotificationRow]) -> QueryResult<Vec<Key<NotificationId>>> {
    let mut new = Vec::with_capacity(rows.len());
    for row in rows {
        let inserted = diesel::insert_into(notifications::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn)?;
        if inserted == 1 {
            new.push(row.id);
        }
    }
    Ok(new)
}

/// Stores activities, in the feeds of their organizations too.
pub fn activities(conn: &mut Conn, rows: &[ActivityRow]) -> QueryResult<()> {
    rows.iter().try_for_each(|row| record(conn, row))
}
