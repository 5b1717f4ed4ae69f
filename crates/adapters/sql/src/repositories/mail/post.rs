use diesel::dsl::{exists, select};
use diesel::prelude::*;
use tenon_kernel::{Member, Timestamp, Unavailable, UserId};
use tenon_messages::{Draft, PostError, Posted, Sent};

use super::{Conn, Key, MessageRow, mailboxes, posting};
use crate::fault::{Fault, reference_missing};
use crate::rows::{ConversationRow, DeliveryRow, MailboxRow, PurgedRow, device_number};
use crate::schema::{mailboxes as table, memberships, messages, purged_messages};

/// Why a message was not kept this time.
pub enum Refusal {
    Refused(PostError),
    /// A message with the same client id is just being kept.
    Repeated,
}

impl From<Unavailable> for Refusal {
    fn from(error: Unavailable) -> Self {
        Self::Refused(error.into())
    }
}

/// Keeps a message. A repetition is looked for first, before what is gone: a message that is just being purged is in one of the two.
pub fn post(
    conn: &mut Conn,
    sender: &Member,
    draft: &Draft,
    at: Timestamp,
    most: u32,
) -> Result<Posted, Fault<Refusal>> {
    let mut row = MessageRow::new(sender, draft, at);
    if let Some(before) = before(conn, sender, draft)? {
        return again(&before, &row);
    }
    let doubts = doubts(conn, sender, draft, most)?;
    if doubts.is_purged
        && let Some(sent) = purged(conn, sender, draft)?
    {
        return Ok(repeated(sent));
    }
    if let Some(error) = doubts.refusal {
        return match before(conn, sender, draft)? {
            Some(before) => again(&before, &row),
            None => Err(Fault::Refused(Refusal::Refused(error))),
        };
    }
    let is_copied = draft.device.is_simple() && draft.to != sender.user;
    // The organization may have gone since.
    let unknown = Refusal::Refused(PostError::UnknownRecipient);
    reference_missing(take_places(conn, &mut row, is_copied), unknown)?;
    let kept = diesel::insert_into(messages::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)?;
    if kept == 0 {
        return Err(Fault::Refused(Refusal::Repeated));
    }
    // Its removal waits for the mailbox, and drops what came before it.
    if !draft.device.is_simple() && !mailboxes::has_device(conn, draft.to, device_number(draft.device))? {
        return Err(Fault::Refused(Refusal::Refused(PostError::UnknownDevice)));
    }
    deliver(conn, &row, device_number(draft.device))?;
    if draft.to != sender.user || draft.device.is_simple() {
        converse(conn, &row)?;
    }
    let mut told = vec![draft.to];
    if is_copied {
        told.push(sender.user);
    }
    Ok(Posted { sent: row.sent(), told })
}

fn repeated(sent: Sent) -> Posted {
    Posted { sent, told: Vec::new() }
}

fn again(before: &MessageRow, row: &MessageRow) -> Result<Posted, Fault<Refusal>> {
    if before.repeats(row) {
        Ok(repeated(before.sent()))
    } else {
        Err(Fault::Refused(Refusal::Refused(PostError::ClientIdReused)))
    }
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

/// The answer to a message that has gone meanwhile. What it said is not known any more.
fn purged(conn: &mut Conn, sender: &Member, draft: &Draft) -> QueryResult<Option<Sent>> {
    let row = purged_messages::table
        .find((Key(sender.organization), Key(sender.user), Key(draft.client)))
        .select(PurgedRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(|row| row.sent()))
}

/// Why a message may not be kept now.
struct Doubts {
    /// It was kept before, and has gone.
    is_purged: bool,
    refusal: Option<PostError>,
}

fn doubts(conn: &mut Conn, sender: &Member, draft: &Draft, most: u32) -> QueryResult<Doubts> {
    let organization = Key(sender.organization);
    let membership = memberships::table.find((organization, Key(draft.to)));
    let waiting = table::table.find((organization, Key(draft.to)));
    let is_full = waiting.filter(table::waiting.ge(i64::from(most)));
    let purged = purged_messages::table.find((organization, Key(sender.user), Key(draft.client)));
    let (is_member, is_full, is_purged): (bool, bool, bool) =
        select((exists(membership), exists(is_full), exists(purged))).get_result(conn)?;
    let device = device_number(draft.device);
    let refusal = if !is_member {
        Some(PostError::UnknownRecipient)
    } else if !draft.device.is_simple() && !mailboxes::has_device(conn, draft.to, device)? {
        Some(PostError::UnknownDevice)
    } else if is_full && draft.to != sender.user {
        Some(PostError::Full)
    } else {
        None
    };
    Ok(Doubts { is_purged, refusal })
}

/// In the order of the users, as everybody does.
fn take_places(conn: &mut Conn, row: &mut MessageRow, is_copied: bool) -> QueryResult<()> {
    let (sender, recipient) = (row.sender_id, row.recipient_id);
    let end = |user: Key<UserId>, places: bool, waiting: i64| MailboxRow {
        organization_id: row.organization_id,
        user_id: user,
        last_seq: i64::from(places),
        waiting,
    };
    // What one sends to oneself keeps nobody else out.
    let mut ends = vec![end(recipient, true, i64::from(sender != recipient))];
    if sender != recipient {
        ends.push(end(sender, is_copied, 0));
    }
    ends.sort_by_key(|end| end.user_id.0);
    for (_, user, place) in posting::take(conn, &ends)? {
        if user == recipient {
            row.seq = place;
        } else if is_copied {
            row.copy_seq = Some(place);
        }
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
    let mut rows = vec![delivery(row.recipient_id, row.seq)];
    rows.extend(row.copy_seq.map(|seq| delivery(row.sender_id, seq)));
    posting::deliver(conn, &rows)
}

/// Makes it the last message of both sides' conversation.
fn converse(conn: &mut Conn, row: &MessageRow) -> QueryResult<()> {
    let mut sides = vec![
        (row.sender_id.0, row.recipient_id.0),
        (row.recipient_id.0, row.sender_id.0),
    ];
    sides.sort();
    sides.dedup();
    let conversation = |(user, peer)| ConversationRow {
        organization_id: row.organization_id,
        user_id: Key(user),
        peer_id: Key(peer),
        last_message_id: row.id,
    };
    let rows: Vec<_> = sides.into_iter().map(conversation).collect();
    posting::converse(conn, &rows)
}
