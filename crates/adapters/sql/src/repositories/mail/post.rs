use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::upsert::excluded;
use tenon_kernel::{Member, OrganizationId, Timestamp, Unavailable, UserId};
use tenon_messages::{Draft, MessageId, PostError, Posted};

use super::mailboxes::{self, DeliveryRow};
use super::{Conn, Key, MessageRow};
use crate::fault::Fault;
use crate::rows::device;
use crate::schema::{conversations, deliveries, mailboxes as table, memberships, messages};

/// Why a message was not kept this time.
pub enum Refusal {
    Refused(PostError),
    /// Another request with the same client id was faster.
    Raced,
}

impl From<Unavailable> for Refusal {
    fn from(error: Unavailable) -> Self {
        Self::Refused(error.into())
    }
}

pub fn post(
    conn: &mut Conn,
    sender: &Member,
    draft: &Draft,
    at: Timestamp,
    most: u32,
) -> Result<Posted, Fault<Refusal>> {
    let refuse = |error| Err(Fault::Refused(Refusal::Refused(error)));
    let organization = sender.organization;
    let mut row = MessageRow::new(sender, draft, at);
    if let Some(before) = before(conn, sender, draft)? {
        return if before.repeats(&row) {
            Ok(Posted {
                sent: before.sent(),
                told: Vec::new(),
            })
        } else {
            refuse(PostError::ClientIdReused)
        };
    }
    let membership = memberships::table.find((Key(organization), Key(draft.to)));
    if !select(exists(membership)).get_result(conn)? {
        return refuse(PostError::UnknownRecipient);
    }
    if !draft.device.is_simple() && !mailboxes::has_device(conn, draft.to, device(draft.device))? {
        return refuse(PostError::UnknownDevice);
    }
    if waiting(conn, organization, draft.to)? >= i64::from(most) {
        return refuse(PostError::Full);
    }
    let is_copied = draft.device.is_simple() && draft.to != sender.user;
    take_places(conn, &mut row, is_copied)?;
    let kept = diesel::insert_into(messages::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)?;
    if kept == 0 {
        return Err(Fault::Refused(Refusal::Raced));
    }
    deliver(conn, &row, device(draft.device))?;
    if draft.to != sender.user || draft.device.is_simple() {
        converse(conn, &row)?;
    }
    let mut told = vec![draft.to];
    if is_copied {
        told.push(sender.user);
    }
    Ok(Posted { sent: row.sent(), told })
}

fn before(conn: &mut Conn, sender: &Member, draft: &Draft) -> QueryResult<Option<MessageRow>> {
    messages::table
        .filter(messages::organization_id.eq(Key(sender.organization)))
        .filter(messages::sender_id.eq(Key(sender.user)))
        .filter(messages::client_id.eq(Key(draft.client)))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()
}

fn waiting(conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<i64> {
    let waiting: Option<i64> = table::table
        .find((Key(organization), Key(user)))
        .select(table::waiting)
        .first(conn)
        .optional()?;
    Ok(waiting.unwrap_or(0))
}

/// In the order of the users, as everybody does.
fn take_places(conn: &mut Conn, row: &mut MessageRow, is_copied: bool) -> QueryResult<()> {
    let organization = row.organization_id.0;
    let (sender, recipient) = (row.sender_id.0, row.recipient_id.0);
    let copy = |conn: &mut Conn| {
        let place = mailboxes::take(conn, organization, sender, i64::from(is_copied), 0);
        place.map(|place| is_copied.then_some(place))
    };
    if sender < recipient {
        row.copy_seq = copy(conn)?;
    }
    row.seq = mailboxes::take(conn, organization, recipient, 1, 1)?;
    if recipient < sender {
        row.copy_seq = copy(conn)?;
    }
    Ok(())
}

fn deliver(conn: &mut Conn, row: &MessageRow, device: i32) -> QueryResult<()> {
    let delivery = |user, seq| DeliveryRow {
        organization_id: row.organization_id,
        user_id: user,
        seq,
        device,
        message_id: Some(row.id),
        notice: None,
    };
    let copy = row.copy_seq.map(|seq| delivery(row.sender_id, seq));
    // One by one: for several rows with missing values, Diesel opens a transaction of its own on SQLite.
    for delivery in [Some(delivery(row.recipient_id, row.seq)), copy].iter().flatten() {
        diesel::insert_into(deliveries::table).values(delivery).execute(conn)?;
    }
    Ok(())
}

/// Makes it the last message of both sides' conversation.
fn converse(conn: &mut Conn, row: &MessageRow) -> QueryResult<()> {
    let organization = row.organization_id.0;
    let mut sides = vec![
        (row.sender_id.0, row.recipient_id.0),
        (row.recipient_id.0, row.sender_id.0),
    ];
    sides.sort();
    sides.dedup();
    for (user, peer) in sides {
        remember(conn, organization, user, peer, row.id.0)?;
    }
    Ok(())
}

fn remember(
    conn: &mut Conn,
    organization: OrganizationId,
    user: UserId,
    peer: UserId,
    last: MessageId,
) -> QueryResult<()> {
    diesel::insert_into(conversations::table)
        .values((
            conversations::organization_id.eq(Key(organization)),
            conversations::user_id.eq(Key(user)),
            conversations::peer_id.eq(Key(peer)),
            conversations::last_message_id.eq(Key(last)),
        ))
        .on_conflict((
            conversations::organization_id,
            conversations::user_id,
            conversations::peer_id,
        ))
        .do_update()
        .set(conversations::last_message_id.eq(excluded(conversations::last_message_id)))
        .execute(conn)?;
    Ok(())
}
