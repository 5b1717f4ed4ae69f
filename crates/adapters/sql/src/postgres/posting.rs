//! What a message leaves behind, with one statement for both sides.

use diesel::prelude::*;
use diesel::upsert::excluded;
use tenon_kernel::UserId;

use super::Conn;
use crate::prepared::Prepared;
use crate::rows::{ConversationRow, DeliveryRow, MailboxRow};
use crate::schema::{conversations, deliveries, mailboxes};
use crate::types::Key;

/// Whether a repetition is looked for before anything is written. Here it is found by the conflict that it makes.
pub const LOOKS_FIRST: bool = false;

/// Takes so many places at the end of each mailbox, for so many messages that wait, and returns the last one of each. They have to be
/// in the order of their users, as everybody takes them.
pub fn take(conn: &mut Conn, rows: &[MailboxRow]) -> QueryResult<Vec<(Key<UserId>, i64)>> {
    Prepared(
        diesel::insert_into(mailboxes::table)
            .values(rows)
            .on_conflict((mailboxes::organization_id, mailboxes::user_id))
            .do_update()
            .set((
                mailboxes::last_seq.eq(mailboxes::last_seq + excluded(mailboxes::last_seq)),
                mailboxes::waiting.eq(mailboxes::waiting + excluded(mailboxes::waiting)),
            ))
            .returning((mailboxes::user_id, mailboxes::last_seq)),
    )
    .get_results(conn)
}

/// Puts entries into mailboxes.
pub fn deliver(conn: &mut Conn, rows: &[DeliveryRow]) -> QueryResult<()> {
    Prepared(diesel::insert_into(deliveries::table).values(rows)).execute(conn)?;
    Ok(())
}

/// Makes a message the last one of conversations, which have to be in the order of their users.
pub fn converse(conn: &mut Conn, rows: &[ConversationRow]) -> QueryResult<()> {
    Prepared(
        diesel::insert_into(conversations::table)
            .values(rows)
            .on_conflict((
                conversations::organization_id,
                conversations::user_id,
                conversations::peer_id,
            ))
            .do_update()
            .set(conversations::last_message_id.eq(excluded(conversations::last_message_id))),
    )
    .execute(conn)?;
    Ok(())
}
