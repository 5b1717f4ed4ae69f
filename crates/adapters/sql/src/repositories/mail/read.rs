use std::collections::BTreeSet;

use diesel::prelude::*;
use tenon_kernel::{Timestamp, UserId};
use tenon_messages::{DeviceId, Mailbox, MarkReadError, MessageId, Receipt, ReceiptKind, Seq};

use super::{Conn, Key, after, locks, mailboxes};
use crate::fault::Fault;
use crate::schema::messages;
use crate::types::At;

/// Messages that are marked in one transaction, so that nobody waits long for it.
const TOGETHER: usize = 1_000;

/// What one transaction did.
pub struct Marked {
    /// Everything up to there is read.
    pub up_to: Seq,
    /// The sender has a receipt.
    pub told: bool,
    /// Further messages before the place that was asked for may be unread.
    pub more: bool,
}

/// Marks the first of those that are unread.
pub fn mark_read(
    conn: &mut Conn,
    mailbox: &Mailbox,
    peer: UserId,
    up_to: Seq,
    at: Timestamp,
) -> Result<Marked, Fault<MarkReadError>> {
    if !mailboxes::has_conversation(conn, mailbox, peer)? {
        return Err(Fault::Refused(MarkReadError::NotFound));
    }
    // What is not there yet is not read either.
    let up_to = up_to.get().min(after::last(conn, mailbox)?);
    // Before the messages, as whoever acknowledges them does.
    locks::mailboxes(conn, mailbox.organization, &BTreeSet::from([peer]))?;
    let unread = unread(conn, mailbox, peer, up_to)?;
    let more = unread.len() == TOGETHER;
    // The sender is told of what they sent and of nothing else that came.
    let last = unread.last().map_or(0, |(_, last)| *last);
    let up_to = if more { last } else { up_to };
    let ids: Vec<_> = unread.into_iter().map(|(id, _)| id).collect();
    let read = diesel::update(
        messages::table
            .filter(messages::organization_id.eq(Key(mailbox.organization)))
            .filter(messages::id.eq_any(&ids))
            .filter(messages::read_at.is_null()),
    )
    .set(messages::read_at.eq(At(at)))
    .execute(conn)?;
    let told = read > 0 && peer != mailbox.user && mailboxes::settings(conn, mailbox.user)?.read_receipts;
    if told {
        let receipt = Receipt {
            kind: ReceiptKind::Read,
            by: mailbox.user,
            device: DeviceId::SIMPLE,
            after: Seq::START,
            up_to: Seq::stored(last),
            at,
        };
        mailboxes::notify(conn, mailbox.organization, peer, receipt)?;
    }
    Ok(Marked {
        up_to: Seq::stored(up_to),
        told,
        more,
    })
}

/// The first unread messages of the peer, with their places.
fn unread(conn: &mut Conn, mailbox: &Mailbox, peer: UserId, up_to: i64) -> QueryResult<Vec<(Key<MessageId>, i64)>> {
    messages::table
        .filter(messages::organization_id.eq(Key(mailbox.organization)))
        .filter(messages::recipient_id.eq(Key(mailbox.user)))
        .filter(messages::sender_id.eq(Key(peer)))
        .filter(messages::read_at.is_null())
        .filter(messages::seq.le(up_to))
        .order(messages::seq)
        .limit(i64::try_from(TOGETHER).unwrap_or(i64::MAX))
        .select((messages::id, messages::seq))
        .load(conn)
}
