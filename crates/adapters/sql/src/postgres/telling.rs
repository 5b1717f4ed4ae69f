//! What there is to tell, on its way in: as few statements as there can be for any number of rows.

use diesel::prelude::*;
use tenon_kernel::NotificationId;

use super::Conn;
use crate::rows::{ActivityRow, NotificationRow};
use crate::schema::{activities, graph_notifications as notifications, outbox};
use crate::types::Key;

/// The most rows of a statement, which may have 65,535 values in all.
const MOST: usize = 1000;

/// Stores the notifications that are not there yet, and returns which those are.
pub fn notifications(conn: &mut Conn, rows: &[NotificationRow]) -> QueryResult<Vec<Key<NotificationId>>> {
    let mut new = Vec::with_capacity(rows.len());
    for rows in rows.chunks(MOST) {
        let inserted: Vec<Key<NotificationId>> = diesel::insert_into(notifications::table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning(notifications::id)
            .get_results(conn)?;
        new.extend(inserted);
    }
    Ok(new)
}

/// Stores activities, in the feeds of their organizations too.
pub fn activities(conn: &mut Conn, rows: &[ActivityRow]) -> QueryResult<()> {
    for rows in rows.chunks(MOST) {
        let of_organizations: Vec<_> = rows.iter().filter_map(ActivityRow::of_organization).collect();
        diesel::insert_into(activities::table)
            .values(of_organizations)
            .execute(conn)?;
        diesel::insert_into(outbox::table).values(rows).execute(conn)?;
    }
    Ok(())
}
