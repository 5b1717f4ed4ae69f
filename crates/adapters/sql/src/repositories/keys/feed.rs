//! What every change of a key leaves behind.

use diesel::prelude::*;
use tenon_kernel::{OrganizationId, Timestamp, UserId};
use tenon_messages::keys::{KeyLogLine, LogEntry};
use tenon_messages::{KeyChange, MessageId};

use super::{Conn, locks, mailboxes};
use crate::rows::{KeyChangeRow, KeyLogRow};
use crate::schema::{conversations, key_changes, key_log, key_positions, memberships};
use crate::types::{At, Key};

/// Adds the line to the user's log and tells who is to know. To be called in the transaction of each change of a key, by whoever
/// holds `locks::user` of the user.
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
        let peers = mailboxes::hold(conn, organization, user)?;
        // The key is the user's: an organization that has just gone is in nobody's way.
        if locks::remains(conn, organization)? {
            tell_in(conn, organization, user, entry, &peers)?;
        }
    }
    Ok(())
}

fn tell_in(
    conn: &mut Conn,
    organization: OrganizationId,
    user: UserId,
    entry: &LogEntry,
    peers: &[UserId],
) -> QueryResult<()> {
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
    mailboxes::key_changed(conn, organization, change, peers)
}

/// Tells an organization that the user comes back to of the changes of their keys that it missed. To be called before they are a member
/// again, and before anybody takes the organization.
pub fn catch_up(conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<()> {
    locks::user(conn, user)?;
    let Some(known) = known_until(conn, organization, user)? else {
        return Ok(());
    };
    let missed: Vec<KeyLogRow> = key_log::table
        .filter(key_log::user_id.eq(Key(user)))
        .filter(key_log::at.gt(At(known)))
        .order(key_log::number)
        .select(KeyLogRow::as_select())
        .load(conn)?;
    if missed.is_empty() {
        return Ok(());
    }
    let peers = mailboxes::hold(conn, organization, user)?;
    if locks::organization(conn, organization)?.is_none() {
        return Ok(());
    }
    for row in missed {
        tell_in(conn, organization, user, &row.into_line()?.entry, &peers)?;
    }
    Ok(())
}

/// Up to when the organization knows of the user's keys: it was told of a change last, or somebody in it exchanged messages with them.
/// Nothing where nobody has.
fn known_until(conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<Option<Timestamp>> {
    let exchanged: Option<Key<MessageId>> = conversations::table
        .filter(conversations::organization_id.eq(Key(organization)))
        .filter(conversations::user_id.eq(Key(user)))
        .order(conversations::last_message_id.desc())
        .select(conversations::last_message_id)
        .first(conn)
        .optional()?;
    let told: Option<At> = key_changes::table
        .filter(key_changes::organization_id.eq(Key(organization)))
        .filter(key_changes::user_id.eq(Key(user)))
        .order(key_changes::position.desc())
        .select(key_changes::at)
        .first(conn)
        .optional()?;
    Ok(exchanged.map(|message| message.0.time()).max(told.map(|at| at.0)))
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
