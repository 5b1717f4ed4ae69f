use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::upsert::excluded;
use tenon_kernel::{Timestamp, UserId};
use tenon_messages::{Acknowledged, DeviceId, Mailbox, MessageId, ReadMailError, Receipt, ReceiptKind, Seq};

use super::{Conn, Key, after, locks, mailboxes};
use crate::fault::Fault;
use crate::prepared::Prepared;
use crate::rows::device_number as number;
use crate::schema::{deliveries, device_cursors, messages};
use crate::types::At;

pub fn acknowledge(
    conn: &mut Conn,
    mailbox: &Mailbox,
    device: DeviceId,
    up_to: Seq,
    at: Timestamp,
) -> Result<Acknowledged, Fault<ReadMailError>> {
    let unknown = || Fault::Refused(ReadMailError::UnknownDevice);
    let cursor = after::cursor(conn, mailbox, device)?.ok_or_else(unknown)?;
    let up_to = up_to.get().min(after::last(conn, mailbox)?);
    if up_to <= cursor {
        return Ok(Acknowledged {
            up_to: Seq::stored(cursor),
            told: Vec::new(),
        });
    }
    let waiting = waiting(conn, mailbox, device, cursor, up_to)?;
    let senders = waiting.iter().map(|(_, sender)| *sender);
    let users: BTreeSet<UserId> = senders.chain([mailbox.user]).collect();
    locks::mailboxes(conn, mailbox.organization, &users)?;
    let ids: Vec<_> = waiting.iter().map(|(id, _)| Key(*id)).collect();
    let delivered = deliver(conn, mailbox, &ids, at)?;
    let others = delivered.iter().filter(|(sender, _)| **sender != mailbox.user);
    let count: i64 = others.map(|(_, (count, _))| *count).sum();
    if count > 0 {
        mailboxes::relieve(conn, mailbox.organization, mailbox.user, count)?;
    }
    let mut told = Vec::new();
    for (sender, (_, seq)) in delivered {
        if sender == mailbox.user {
            continue;
        }
        let receipt = Receipt {
            kind: ReceiptKind::Delivered,
            by: mailbox.user,
            device,
            after: Seq::stored(cursor),
            up_to: Seq::stored(seq),
            at,
        };
        mailboxes::notify(conn, mailbox.organization, sender, receipt)?;
        told.push(sender);
    }
    advance(conn, mailbox, device, up_to)?;
    Ok(Acknowledged {
        up_to: Seq::stored(up_to),
        told,
    })
}

/// What the device received and nobody acknowledged yet, with who sent it.
fn waiting(
    conn: &mut Conn,
    mailbox: &Mailbox,
    device: DeviceId,
    after: i64,
    up_to: i64,
) -> QueryResult<Vec<(MessageId, UserId)>> {
    let of_message = messages::organization_id
        .eq(deliveries::organization_id)
        .and(messages::id.nullable().eq(deliveries::message_id));
    let rows: Vec<(Key<MessageId>, Key<UserId>)> = deliveries::table
        .inner_join(messages::table.on(of_message))
        .filter(deliveries::organization_id.eq(Key(mailbox.organization)))
        .filter(deliveries::user_id.eq(Key(mailbox.user)))
        .filter(deliveries::seq.gt(after))
        .filter(deliveries::seq.le(up_to))
        .filter(deliveries::device.eq(0).or(deliveries::device.eq(number(device))))
        .filter(messages::recipient_id.eq(Key(mailbox.user)))
        .filter(messages::delivered_at.is_null())
        .select((messages::id, messages::sender_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, sender)| (id.0, sender.0)).collect())
}

/// Marks those as delivered that are not yet. For each sender, how many they are and the last one's place.
fn deliver(
    conn: &mut Conn,
    mailbox: &Mailbox,
    ids: &[Key<MessageId>],
    at: Timestamp,
) -> QueryResult<BTreeMap<UserId, (i64, i64)>> {
    let mut delivered = BTreeMap::new();
    if ids.is_empty() {
        return Ok(delivered);
    }
    let target = messages::table
        .filter(messages::organization_id.eq(Key(mailbox.organization)))
        .filter(messages::id.eq_any(ids))
        .filter(messages::delivered_at.is_null());
    let rows: Vec<(Key<UserId>, i64)> = Prepared(
        diesel::update(target)
            .set(messages::delivered_at.eq(At(at)))
            .returning((messages::sender_id, messages::seq)),
    )
    .get_results(conn)?;
    for (Key(sender), seq) in rows {
        let entry = delivered.entry(sender).or_insert((0, 0));
        *entry = (entry.0 + 1, entry.1.max(seq));
    }
    Ok(delivered)
}

fn advance(conn: &mut Conn, mailbox: &Mailbox, device: DeviceId, up_to: i64) -> QueryResult<()> {
    let further = device_cursors::up_to.lt(excluded(device_cursors::up_to));
    let upsert = diesel::insert_into(device_cursors::table)
        .values((
            device_cursors::organization_id.eq(Key(mailbox.organization)),
            device_cursors::user_id.eq(Key(mailbox.user)),
            device_cursors::device.eq(number(device)),
            device_cursors::up_to.eq(up_to),
        ))
        .on_conflict((
            device_cursors::organization_id,
            device_cursors::user_id,
            device_cursors::device,
        ))
        .do_update()
        .set(device_cursors::up_to.eq(excluded(device_cursors::up_to)));
    Prepared(diesel::query_dsl::methods::FilterDsl::filter(upsert, further)).execute(conn)?;
    Ok(())
}
