//! What a message leaves behind, one row after the other: for several rows Diesel opens a transaction of its own, or knows no
//! conflicts.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::Conn;
use crate::prepared::Prepared;
use crate::rows::{ConversationRow, DeliveryRow, LastPlace, MailboxRow};
use crate::schema::{conversations, deliveries, mailboxes};

/// Takes so many places at the end of each mailbox, for so many messages that wait, and returns the last one of each.
pub fn take(conn: &mut Conn, rows: &[MailboxRow]) -> QueryResult<Vec<LastPlace>> {
    let one = |row: &MailboxRow| {
        Prepared(
            diesel::insert_into(mailboxes::table)
                .values(row)
                .on_conflict((mailboxes::organization_id, mailboxes::user_id))
                .do_update()
                .set((
                    mailboxes::last_seq.eq(mailboxes::last_seq + excluded(mailboxes::last_seq)),
                    mailboxes::waiting.eq(mailboxes::waiting + excluded(mailboxes::waiting)),
                ))
                .returning((mailboxes::organization_id, mailboxes::user_id, mailboxes::last_seq)),
        )
        .get_result(conn)
    };
    rows.iter().map(one).collect()
}

/// Puts entries into mailboxes.
pub fn deliver(conn: &mut Conn, rows: &[DeliveryRow]) -> QueryResult<()> {
    for row in rows {
        diesel::insert_into(deliveries::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Makes a message the last one of conversations.
pub fn converse(conn: &mut Conn, rows: &[ConversationRow]) -> QueryResult<()> {
    for row in rows {
        Prepared(
            diesel::insert_into(conversations::table)
                .values(row)
                .on_conflict((
                    conversations::organization_id,
                    conversations::user_id,
                    conversations::peer_id,
                ))
                .do_update()
                .set(conversations::last_message_id.eq(excluded(conversations::last_message_id))),
        )
        .execute(conn)?;
    }
    Ok(())
}
