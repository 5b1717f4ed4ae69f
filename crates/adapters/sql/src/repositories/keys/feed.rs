//! What every change of a key leaves behind.

use diesel::prelude::*;
use tenon_kernel::{OrganizationId, UserId};
use tenon_messages::KeyChange;
use tenon_messages::keys::{KeyLogLine, LogEntry};

use super::{Conn, mailboxes};
use crate::rows::{KeyChangeRow, KeyLogRow};
use crate::schema::{key_changes, key_log, key_positions, memberships};
use crate::types::Key;

/// Adds the line to the user's log and tells who is to know. To be called in the transaction of each change of a key, by whoever
/// holds `locks::keys` of the user.
pub fn record(conn: &mut Conn, user: UserId, entry: LogEntry) -> QueryResult<()> {
    let last = key_log::table
        .filter(key_log::user_id.eq(Key(user)))
        .order(key_log::number.desc())
        .select(KeyLogRow::as_select())
        .first(conn)
        .optional()?;
    let line = match last.map(KeyLogRow::into_line).transpose()? {
        Some(last) => KeyLogLine::after(last.number, last.hash, entry),
        None => KeyLogLine::first(user, entry),
    };
    diesel::insert_into(key_log::table)
        .values(&KeyLogRow::new(user, &line)?)
        .execute(conn)?;
    tell(conn, user, &line.entry)
}

/// Tells of a change, in its transaction: each organization of the user in its feed, and those whom they have exchanged
/// messages with in their mailboxes.
///
/// The organizations are taken in the order of their ids, because each one's position stays locked until the commit.
fn tell(conn: &mut Conn, user: UserId, entry: &LogEntry) -> QueryResult<()> {
    let organizations: Vec<Key<OrganizationId>> = memberships::table
        .filter(memberships::user_id.eq(Key(user)))
        .order(memberships::organization_id)
        .select(memberships::organization_id)
        .load(conn)?;
    for Key(organization) in organizations {
        let position = next(conn, organization)?;
        diesel::insert_into(key_changes::table)
            .values(&KeyChangeRow::new(organization, position, user, entry)?)
            .execute(conn)?;
        let change = KeyChange {
            user,
            kind: entry.kind,
            device: entry.device,
            version: entry.version.get(),
            at: entry.at,
        };
        mailboxes::key_changed(conn, organization, change)?;
    }
    Ok(())
}

/// Takes the next position of an organization, and holds it until the commit: who takes the one after that commits later, so that
/// nobody who has read up to a position has missed one before it.
fn next(conn: &mut Conn, organization: OrganizationId) -> QueryResult<i64> {
    diesel::insert_into(key_positions::table)
        .values((
            key_positions::organization_id.eq(Key(organization)),
            key_positions::position.eq(1_i64),
        ))
        .on_conflict(key_positions::organization_id)
        .do_update()
        .set(key_positions::position.eq(key_positions::position + 1))
        .returning(key_positions::position)
        .get_result(conn)
}
