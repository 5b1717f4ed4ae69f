//! Places in mailboxes. Whoever takes one holds the mailbox's row until their transaction ends, so that entries become visible
//! in the order of their places.

use std::collections::BTreeMap;

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use tenon_kernel::{OrganizationId, UserId};
use tenon_messages::KeyChange;
use tenon_messages::keys::LogKind;

use super::{Conn, posting};
use crate::rows::{DeliveryRow, MailboxRow, NoticeDocument, device as number};
use crate::schema::{conversations, device_cursors, devices, mailboxes};
use crate::types::Key;

/// So many messages wait no longer.
pub fn relieve(conn: &mut Conn, organization: OrganizationId, user: UserId, messages: i64) -> QueryResult<()> {
    diesel::update(mailboxes::table.find((Key(organization), Key(user))))
        .set(mailboxes::waiting.eq(mailboxes::waiting - messages))
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
    let (_, seq) = *places.first().ok_or(diesel::result::Error::NotFound)?;
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

/// Whether the user has the device.
pub fn has_device(conn: &mut Conn, user: UserId, device: i32) -> QueryResult<bool> {
    let live = devices::table
        .find((Key(user), device))
        .filter(devices::removed_at.is_null());
    select(exists(live)).get_result(conn)
}

/// Tells those with whom the user has exchanged messages in the organization that a key changed, and lets a new device begin where
/// the mailbox is. To be called for the user's organizations in the order of their ids.
pub fn key_changed(conn: &mut Conn, organization: OrganizationId, change: KeyChange) -> QueryResult<()> {
    let (organization, user, device) = (Key(organization), Key(change.user), number(change.device));
    match change.kind {
        LogKind::DeviceAdded => begin(conn, organization.0, change.user, device)?,
        LogKind::DeviceRemoved => {
            diesel::delete(device_cursors::table.find((organization, user, device))).execute(conn)?;
        }
        LogKind::PublicKey => {}
    }
    let peers: Vec<Key<UserId>> = conversations::table
        .filter(conversations::organization_id.eq(organization))
        .filter(conversations::user_id.eq(user))
        .filter(conversations::peer_id.ne(user))
        .order(conversations::peer_id)
        .select(conversations::peer_id)
        .load(conn)?;
    for Key(peer) in peers {
        notify(conn, organization.0, peer, change)?;
    }
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
    // Those that never acknowledged anything, before the others.
    Ok(registered.into_iter().map(|device| (device, 0)).chain(rows).collect())
}
