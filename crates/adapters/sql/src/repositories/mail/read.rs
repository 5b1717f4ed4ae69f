use std::collections::BTreeSet;

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use tenon_kernel::{Timestamp, UserId};
use tenon_messages::{Acknowledged, DeviceId, Mailbox, MarkReadError, Receipt, ReceiptKind, Seq};

use super::{Conn, Key, after, locks, mailboxes};
use crate::fault::Fault;
use crate::schema::{conversations, message_settings, messages};
use crate::types::At;

pub fn mark_read(
    conn: &mut Conn,
    mailbox: &Mailbox,
    peer: UserId,
    up_to: Seq,
    at: Timestamp,
) -> Result<Acknowledged, Fault<MarkReadError>> {
    let conversation = conversations::table.find((Key(mailbox.organization), Key(mailbox.user), Key(peer)));
    if !select(exists(conversation)).get_result(conn)? {
        return Err(Fault::Refused(MarkReadError::NotFound));
    }
    // What is not there yet is not read either.
    let up_to = Seq::stored(up_to.get().min(after::last(conn, mailbox)?));
    // Before the messages, as whoever acknowledges them does.
    locks::mailboxes(conn, mailbox.organization, &BTreeSet::from([peer]))?;
    let unread = messages::table
        .filter(messages::organization_id.eq(Key(mailbox.organization)))
        .filter(messages::recipient_id.eq(Key(mailbox.user)))
        .filter(messages::sender_id.eq(Key(peer)))
        .filter(messages::read_at.is_null())
        .filter(messages::seq.le(up_to.get()));
    let read = diesel::update(unread).set(messages::read_at.eq(At(at))).execute(conn)?;
    let mut told = Vec::new();
    if read > 0 && peer != mailbox.user && sends_receipts(conn, mailbox.user)? {
        let receipt = Receipt {
            kind: ReceiptKind::Read,
            by: mailbox.user,
            device: DeviceId::SIMPLE,
            up_to,
            at,
        };
        mailboxes::notify(conn, mailbox.organization, peer, receipt)?;
        told.push(peer);
    }
    Ok(Acknowledged { up_to, told })
}

fn sends_receipts(conn: &mut Conn, user: UserId) -> QueryResult<bool> {
    let sends: Option<bool> = message_settings::table
        .find(Key(user))
        .select(message_settings::read_receipts)
        .first(conn)
        .optional()?;
    Ok(sends.unwrap_or(true))
}
