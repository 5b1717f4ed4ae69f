//! Places in mailboxes. Whoever takes one holds the mailbox's row until their transaction ends, so that entries become visible
//! in the order of their places.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use tenon_kernel::{OrganizationId, UserId};
use tenon_messages::keys::LogKind;
use tenon_messages::{ClientId, KeyChange, Mailbox, MessageId, MessageSettings};

use super::{Conn, locks, posting};
use crate::prepared::Prepared;
use crate::rows::{DeliveryRow, MailboxRow, NoticeDocument, PurgedRow, device_number as number};
use crate::schema::{
    conversations, deliveries, device_cursors, devices, mailboxes, message_settings, messages, purged_messages,
};
use crate::types::{At, Key};

/// So many messages wait no longer.
pub fn relieve(conn: &mut Conn, organization: OrganizationId, user: UserId, messages: i64) -> QueryResult<()> {
    Prepared(
        diesel::update(mailboxes::table.find((Key(organization), Key(user))))
            .set(mailboxes::waiting.eq(mailboxes::waiting - messages)),
    )
    .execute(conn)?;
    Ok(())
}

/// Puts a notice for every device into a mailbox.
pub fn notify(
    conn: &mut Conn,
    organization: OrganizationId,
    user: UserId,
    notice: impl Into<NoticeDocument>,
) -> QueryResult<()> {
    let notice = notice.into().write()?;
    let end = MailboxRow {
        organization_id: Key(organization),
        user_id: Key(user),
        last_seq: 1,
        waiting: 0,
    };
    let places = posting::take(conn, &[end])?;
    let (.., seq) = *places.first().ok_or(diesel::result::Error::NotFound)?;
    let row = DeliveryRow {
        organization_id: Key(organization),
        user_id: Key(user),
        seq,
        device: 0,
        message_id: None,
        notice: Some(notice),
    };
    posting::deliver(conn, &[row])
}

/// What the user wants of their messages.
pub fn settings(conn: &mut Conn, user: UserId) -> QueryResult<MessageSettings> {
    let stored: Option<bool> = message_settings::table
        .find(Key(user))
        .select(message_settings::read_receipts)
        .first(conn)
        .optional()?;
    let of = |read_receipts| MessageSettings { read_receipts };
    Ok(stored.map_or_else(MessageSettings::default, of))
}

/// Whether the owner has exchanged messages with the peer.
pub fn has_conversation(conn: &mut Conn, mailbox: &Mailbox, peer: UserId) -> QueryResult<bool> {
    let conversation = conversations::table.find((Key(mailbox.organization), Key(mailbox.user), Key(peer)));
    select(exists(conversation)).get_result(conn)
}

/// Whether the user has the device.
pub fn has_device(conn: &mut Conn, user: UserId, device: i32) -> QueryResult<bool> {
    let live = devices::table
        .find((Key(user), device))
        .filter(devices::removed_at.is_null());
    select(exists(live)).get_result(conn)
}

/// With whom the user has exchanged messages in the organization. Holds the mailboxes of all of them and of the user: at once, and in
/// their order, as everybody takes them.
pub fn hold(conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<Vec<UserId>> {
    let peers: Vec<Key<UserId>> = conversations::table
        .filter(conversations::organization_id.eq(Key(organization)))
        .filter(conversations::user_id.eq(Key(user)))
        .filter(conversations::peer_id.ne(Key(user)))
        .order(conversations::peer_id)
        .select(conversations::peer_id)
        .load(conn)?;
    let peers: Vec<UserId> = peers.into_iter().map(|peer| peer.0).collect();
    let all: BTreeSet<UserId> = peers.iter().copied().chain([user]).collect();
    locks::mailboxes(conn, organization, &all)?;
    Ok(peers)
}

/// Tells peers in the organization that a key changed, lets a new device begin where the mailbox is, and drops what waits for one that is
/// gone. To be called by whoever holds the mailboxes.
pub fn key_changed(
    conn: &mut Conn,
    organization: OrganizationId,
    change: KeyChange,
    peers: &[UserId],
) -> QueryResult<()> {
    match change.kind {
        LogKind::DeviceAdded => begin(conn, organization, change.user, number(change.device))?,
        LogKind::DeviceRemoved => end(conn, organization, change)?,
        LogKind::PublicKey => {}
    }
    for peer in peers {
        notify(conn, organization, *peer, change)?;
    }
    Ok(())
}

/// A message: its sender, their id of it, its id, its place, and when it came.
type Gone = (Key<UserId>, Key<ClientId>, Key<MessageId>, i64, At);

/// Drops what waits for a device that is gone: nobody else could read it, and nobody will acknowledge it. Whoever sent it and sends it
/// once more is answered as before.
fn end(conn: &mut Conn, organization: OrganizationId, change: KeyChange) -> QueryResult<()> {
    let (user, device) = (change.user, number(change.device));
    let cursor = device_cursors::table.find((Key(organization), Key(user), device));
    let up_to: Option<i64> = cursor.select(device_cursors::up_to).first(conn).optional()?;
    let waiting = deliveries::table
        .filter(deliveries::organization_id.eq(Key(organization)))
        .filter(deliveries::user_id.eq(Key(user)))
        .filter(deliveries::seq.gt(up_to.unwrap_or(0)))
        .filter(deliveries::device.eq(device));
    let ids: Vec<Option<Key<MessageId>>> = waiting.select(deliveries::message_id).load(conn)?;
    let ids: Vec<_> = ids.into_iter().flatten().collect();
    let target = messages::table
        .filter(messages::organization_id.eq(Key(organization)))
        .filter(messages::id.eq_any(&ids))
        .filter(messages::delivered_at.is_null());
    let gone: Vec<Gone> = diesel::delete(target)
        .returning((
            messages::sender_id,
            messages::client_id,
            messages::id,
            messages::seq,
            messages::created_at,
        ))
        .get_results(conn)?;
    diesel::delete(waiting).execute(conn)?;
    let others = gone.iter().filter(|(sender, ..)| sender.0 != user).count();
    for (sender_id, client_id, id, seq, created_at) in gone {
        let purged = PurgedRow {
            organization_id: Key(organization),
            sender_id,
            client_id,
            id,
            seq,
            created_at,
            purged_at: At(change.at),
        };
        diesel::insert_into(purged_messages::table)
            .values(&purged)
            .execute(conn)?;
    }
    relieve(conn, organization, user, i64::try_from(others).unwrap_or(0))?;
    diesel::delete(cursor).execute(conn)?;
    Ok(())
}

/// What is in the mailbox already was not encrypted for this device.
fn begin(conn: &mut Conn, organization: OrganizationId, user: UserId, device: i32) -> QueryResult<()> {
    let last: Option<i64> = mailboxes::table
        .find((Key(organization), Key(user)))
        .select(mailboxes::last_seq)
        .first(conn)
        .optional()?;
    let Some(last) = last else { return Ok(()) };
    diesel::insert_into(device_cursors::table)
        .values((
            device_cursors::organization_id.eq(Key(organization)),
            device_cursors::user_id.eq(Key(user)),
            device_cursors::device.eq(device),
            device_cursors::up_to.eq(last),
        ))
        .execute(conn)?;
    Ok(())
}

/// Up to where each device of the user has acknowledged.
pub fn cursors(conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<BTreeMap<i32, i64>> {
    let registered: Vec<i32> = devices::table
        .filter(devices::user_id.eq(Key(user)))
        .filter(devices::removed_at.is_null())
        .select(devices::device)
        .load(conn)?;
    let rows: Vec<(i32, i64)> = device_cursors::table
        .filter(device_cursors::organization_id.eq(Key(organization)))
        .filter(device_cursors::user_id.eq(Key(user)))
        .select((device_cursors::device, device_cursors::up_to))
        .load(conn)?;
    let mut cursors: BTreeMap<i32, i64> = registered.into_iter().map(|device| (device, 0)).collect();
    // Device 0 counts from its first acknowledgement on. What a removed device left behind elsewhere does not count.
    for (device, up_to) in rows {
        if device == 0 || cursors.contains_key(&device) {
            cursors.insert(device, up_to);
        }
    }
    Ok(cursors)
}
