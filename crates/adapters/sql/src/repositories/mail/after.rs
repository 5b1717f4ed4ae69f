use diesel::prelude::*;
use tenon_kernel::UserId;
use tenon_messages::{Awaited, DeviceId, Entry, Mailbox, Notice, Reading, Seq};

use super::mailboxes::has_device;
use super::{Conn, Key, MessageRow};
use crate::rows::{NoticeDocument, device_number as number};
use crate::schema::{device_cursors, mailboxes};
use crate::types::Json;

/// Mailboxes that are looked at with one statement.
const TOGETHER: usize = 256;

/// Nothing when there is no such device.
pub fn cursor(conn: &mut Conn, mailbox: &Mailbox, device: DeviceId) -> QueryResult<Option<i64>> {
    let up_to: Option<i64> = device_cursors::table
        .find((Key(mailbox.organization), Key(mailbox.user), number(device)))
        .select(device_cursors::up_to)
        .first(conn)
        .optional()?;
    // A cursor may be left of a device that was removed while its owner was no member here.
    let is_there = device.is_simple() || has_device(conn, mailbox.user, number(device))?;
    Ok(is_there.then_some(up_to.unwrap_or(0)))
}

pub fn last(conn: &mut Conn, mailbox: &Mailbox) -> QueryResult<i64> {
    let last: Option<i64> = mailboxes::table
        .find((Key(mailbox.organization), Key(mailbox.user)))
        .select(mailboxes::last_seq)
        .first(conn)
        .optional()?;
    Ok(last.unwrap_or(0))
}

/// What was found after a place, of which so many rows were asked for.
pub fn reading(
    mailbox: &Mailbox,
    place: i64,
    most: i64,
    last: i64,
    rows: Vec<(i64, Option<Json>, Option<MessageRow>)>,
) -> QueryResult<Reading> {
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= most;
    let end = rows.last().map_or(place, |(seq, ..)| *seq);
    let mut entries = Vec::with_capacity(rows.len());
    for (seq, notice, message) in rows {
        entries.extend(entry(mailbox, seq, notice.as_ref(), message)?);
    }
    Ok(Reading {
        entries,
        reached: Seq::stored(if more { end } else { end.max(last) }),
        more,
    })
}

/// Nothing where a message has gone meanwhile.
fn entry(
    mailbox: &Mailbox,
    seq: i64,
    notice: Option<&Json>,
    message: Option<MessageRow>,
) -> QueryResult<Option<Entry>> {
    let notice = match (notice, message) {
        (Some(notice), _) => NoticeDocument::read(notice)?,
        (None, Some(row)) => {
            let message = Box::new(row.into_message()?);
            if message.recipient == mailbox.user {
                Notice::Message(message)
            } else {
                Notice::Copy(message)
            }
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(Entry {
        seq: Seq::stored(seq),
        notice,
    }))
}

pub fn ahead(conn: &mut Conn, awaited: &[Awaited]) -> QueryResult<Vec<Mailbox>> {
    let mut ahead = Vec::new();
    for part in awaited.chunks(TOGETHER) {
        let users = part.iter().map(|awaited| Key(awaited.mailbox.user));
        let organizations = part.iter().map(|awaited| Key(awaited.mailbox.organization));
        let found: Vec<(Key<_>, Key<UserId>, i64)> = mailboxes::table
            .filter(mailboxes::organization_id.eq_any(organizations))
            .filter(mailboxes::user_id.eq_any(users))
            .select((mailboxes::organization_id, mailboxes::user_id, mailboxes::last_seq))
            .load(conn)?;
        for (Key(organization), Key(user), last) in found {
            let mailbox = Mailbox { organization, user };
            let is_ahead = |awaited: &&Awaited| awaited.mailbox == mailbox && awaited.known.get() < last;
            if part.iter().any(|awaited| is_ahead(&awaited)) {
                ahead.push(mailbox);
            }
        }
    }
    Ok(ahead)
}
