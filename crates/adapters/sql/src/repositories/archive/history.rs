use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use diesel::prelude::*;
use tenon_kernel::{Page, PageRequest, UserId};
use tenon_messages::{DeviceId, Mailbox, Message, MessageId};
use uuid::Uuid;

use super::pages::{fetch, page as cut, total};
use super::{Conn, Key, mailboxes};
use crate::rows::{MessageRow, device_number as number};
use crate::schema::messages;

/// Nothing when there is no such conversation. Each direction is read from its own part of one index, and the two are merged.
pub fn page(
    conn: &mut Conn,
    mailbox: &Mailbox,
    peer: UserId,
    device: Option<DeviceId>,
    request: &PageRequest<MessageId>,
) -> QueryResult<Option<Page<Message, MessageId>>> {
    if !mailboxes::has_conversation(conn, mailbox, peer)? {
        return Ok(None);
    }
    let mut rows = direction(conn, mailbox, (mailbox.user, peer), device, request)?;
    if peer != mailbox.user {
        rows.extend(direction(conn, mailbox, (peer, mailbox.user), device, request)?);
    }
    rows.sort_by_key(|row| Reverse(row.id.0));
    let total = total(request, || count(conn, mailbox, peer, device))?;
    conceal(conn, mailbox, &mut rows)?;
    cut(rows, request, total, MessageRow::into_message, |message| message.id).map(Some)
}

/// Takes out of what the owner sent when it was read, where the reader minds.
pub fn conceal<'a>(
    conn: &mut Conn,
    mailbox: &Mailbox,
    rows: impl IntoIterator<Item = &'a mut MessageRow>,
) -> QueryResult<()> {
    let mut known = BTreeMap::new();
    let own = |row: &&mut MessageRow| row.sender_id.0 == mailbox.user && row.recipient_id.0 != mailbox.user;
    for row in rows.into_iter().filter(own) {
        let reader = row.recipient_id.0;
        let tells = match known.entry(reader) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(mailboxes::settings(conn, reader)?.read_receipts),
        };
        if !tells {
            row.read_at = None;
        }
    }
    Ok(())
}

fn count(conn: &mut Conn, mailbox: &Mailbox, peer: UserId, device: Option<DeviceId>) -> QueryResult<i64> {
    let (own, peer) = (Key(mailbox.user), Key(peer));
    let sent = messages::sender_id.eq(own).and(messages::recipient_id.eq(peer));
    let received = messages::sender_id.eq(peer).and(messages::recipient_id.eq(own));
    let mut query = messages::table
        .filter(messages::organization_id.eq(Key(mailbox.organization)))
        .filter(sent.or(received))
        .into_boxed();
    if let Some(device) = device {
        query = query.filter(messages::device.eq(number(device)));
    }
    query.count().get_result(conn)
}

fn direction(
    conn: &mut Conn,
    mailbox: &Mailbox,
    (from, to): (UserId, UserId),
    device: Option<DeviceId>,
    request: &PageRequest<MessageId>,
) -> QueryResult<Vec<MessageRow>> {
    let mut query = messages::table
        .filter(messages::organization_id.eq(Key(mailbox.organization)))
        .filter(messages::sender_id.eq(Key(from)))
        .filter(messages::recipient_id.eq(Key(to)))
        .into_boxed();
    if let Some(device) = device {
        query = query.filter(messages::device.eq(number(device)));
    }
    // Also of the first page: a range makes SQLite choose the index of the pair.
    let before = request.after.unwrap_or(MessageId::from_uuid(Uuid::max()));
    query
        .filter(messages::id.lt(Key(before)))
        .order(messages::id.desc())
        .limit(fetch(request))
        .select(MessageRow::as_select())
        .load(conn)
}
