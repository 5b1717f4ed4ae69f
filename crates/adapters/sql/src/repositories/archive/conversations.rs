use diesel::prelude::*;
use tenon_kernel::{Page, PageRequest, UserId};
use tenon_messages::{Conversation, DeviceId, Mailbox, MessageId};

use super::history::conceal;
use super::pages::{fetch, total};
use super::{Conn, Key};
use crate::rows::{MessageRow, device_number as number};
use crate::schema::{conversations, messages};

type Row = (Key<UserId>, Key<MessageId>, Option<MessageRow>);

pub fn list(
    conn: &mut Conn,
    mailbox: &Mailbox,
    device: DeviceId,
    request: &PageRequest<MessageId>,
) -> QueryResult<Page<Conversation, MessageId>> {
    let mut rows = rows(conn, mailbox, request)?;
    conceal(
        conn,
        mailbox,
        rows.iter_mut().filter_map(|(.., message)| message.as_mut()),
    )?;
    let total = total(request, || {
        conversations::table
            .filter(conversations::organization_id.eq(Key(mailbox.organization)))
            .filter(conversations::user_id.eq(Key(mailbox.user)))
            .count()
            .get_result(conn)
    })?;
    let page = Page::cut(rows, request.limit, total, |(_, last, _)| last.0);
    let mut items = Vec::with_capacity(page.items.len());
    for (Key(peer), Key(last), message) in page.items {
        items.push(Conversation {
            peer,
            last,
            last_message: message.map(MessageRow::into_message).transpose()?,
            unread: unread(conn, mailbox, peer, device)?,
        });
    }
    Ok(Page {
        items,
        next: page.next,
        total: page.total,
    })
}

fn rows(conn: &mut Conn, mailbox: &Mailbox, request: &PageRequest<MessageId>) -> QueryResult<Vec<Row>> {
    let of_message = messages::organization_id
        .eq(conversations::organization_id)
        .and(messages::id.eq(conversations::last_message_id));
    let mut query = conversations::table
        .left_join(messages::table.on(of_message))
        .filter(conversations::organization_id.eq(Key(mailbox.organization)))
        .filter(conversations::user_id.eq(Key(mailbox.user)))
        .into_boxed();
    if let Some(before) = request.after {
        query = query.filter(conversations::last_message_id.lt(Key(before)));
    }
    query
        .order(conversations::last_message_id.desc())
        .limit(fetch(request))
        .select((
            conversations::peer_id,
            conversations::last_message_id,
            Option::<MessageRow>::as_select(),
        ))
        .load(conn)
}

/// Counts no further than anybody wants to know.
fn unread(conn: &mut Conn, mailbox: &Mailbox, peer: UserId, device: DeviceId) -> QueryResult<u32> {
    let found: Vec<i64> = messages::table
        .filter(messages::organization_id.eq(Key(mailbox.organization)))
        .filter(messages::recipient_id.eq(Key(mailbox.user)))
        .filter(messages::sender_id.eq(Key(peer)))
        // All places are; a range makes SQLite choose the index of what is unread.
        .filter(messages::seq.gt(0))
        .filter(messages::read_at.is_null())
        .filter(messages::device.eq(0).or(messages::device.eq(number(device))))
        .select(messages::seq)
        .limit(i64::from(Conversation::MOST_UNREAD))
        .load(conn)?;
    Ok(u32::try_from(found.len()).unwrap_or(Conversation::MOST_UNREAD))
}
