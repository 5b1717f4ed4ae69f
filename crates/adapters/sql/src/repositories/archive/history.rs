use std::cmp::Reverse;

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use tenon_kernel::{Page, PageRequest, UserId};
use tenon_messages::{DeviceId, Mailbox, Message, MessageId};

use super::pages::{fetch, page as cut, total};
use super::{Conn, Key};
use crate::rows::{MessageRow, device as number};
use crate::schema::{conversations, messages};

/// Nothing when there is no such conversation. Each direction is read from its own part of one index, and the two are merged.
pub fn page(
    conn: &mut Conn,
    mailbox: &Mailbox,
    peer: UserId,
    device: Option<DeviceId>,
    request: &PageRequest<MessageId>,
) -> QueryResult<Option<Page<Message, MessageId>>> {
    let conversation = conversations::table.find((Key(mailbox.organization), Key(mailbox.user), Key(peer)));
    if !select(exists(conversation)).get_result(conn)? {
        return Ok(None);
    }
    let mut rows = direction(conn, mailbox, (mailbox.user, peer), device, request)?;
    if peer != mailbox.user {
        rows.extend(direction(conn, mailbox, (peer, mailbox.user), device, request)?);
    }
    rows.sort_by_key(|row| Reverse(row.id.0));
    let total = total(request, || count(conn, mailbox, peer, device))?;
    cut(rows, request, total, MessageRow::into_message, |message| message.id).map(Some)
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
    if let Some(before) = request.after {
        query = query.filter(messages::id.lt(Key(before)));
    }
    query
        .order(messages::id.desc())
        .limit(fetch(request))
        .select(MessageRow::as_select())
        .load(conn)
}
