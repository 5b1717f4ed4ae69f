//! What a message leaves behind, with one statement for any number of rows.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Nullable};
use tenon_kernel::{OrganizationId, UserId};
use tenon_messages::MessageId;

use super::unnest::{column, columns};
use super::{Conn, Db};
use crate::rows::{ConversationRow, DeliveryRow, LastPlace, MailboxRow};
use crate::types::{Json, Key, sql};

/// Takes so many places at the end of each mailbox, for so many messages that wait, and returns the last one of each. They have to be
/// in the order of their keys, as everybody takes them.
pub fn take(conn: &mut Conn, rows: &[MailboxRow]) -> QueryResult<Vec<LastPlace>> {
    let ends = Ends {
        organization_id: column(rows, |row| row.organization_id),
        user_id: column(rows, |row| row.user_id),
        last_seq: column(rows, |row| row.last_seq),
        waiting: column(rows, |row| row.waiting),
    };
    ends.load(conn)
}

/// Puts entries into mailboxes.
pub fn deliver(conn: &mut Conn, rows: &[DeliveryRow]) -> QueryResult<()> {
    Entries::of(rows).execute(conn)?;
    Ok(())
}

/// Makes a message the last one of conversations, which have to be in the order of their users.
pub fn converse(conn: &mut Conn, rows: &[ConversationRow]) -> QueryResult<()> {
    Conversations::of(rows).execute(conn)?;
    Ok(())
}

columns! {
    /// What is added to mailboxes.
    pub struct Ends {
        organization_id: Key<OrganizationId> => sql::Id,
        user_id: Key<UserId> => sql::Id,
        last_seq: i64 => BigInt,
        waiting: i64 => BigInt,
    }
}

impl QueryFragment<Db> for Ends {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("INSERT INTO mailboxes (");
        out.push_sql(Self::NAMES);
        out.push_sql(") SELECT * FROM ");
        self.walk(out.reborrow())?;
        out.push_sql(
            " ON CONFLICT (organization_id, user_id) DO UPDATE SET last_seq = mailboxes.last_seq + excluded.last_seq, \
             waiting = mailboxes.waiting + excluded.waiting RETURNING organization_id, user_id, last_seq",
        );
        Ok(())
    }
}

impl QueryId for Ends {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Ends {
    type SqlType = (sql::Id, sql::Id, BigInt);
}

impl RunQueryDsl<Conn> for Ends {}

columns! {
    /// What is put into mailboxes.
    pub struct Entries<'a> {
        organization_id: Key<OrganizationId> => sql::Id,
        user_id: Key<UserId> => sql::Id,
        seq: i64 => BigInt,
        device: i32 => Integer,
        message_id: Option<Key<MessageId>> => Nullable<sql::Id>,
        notice: Option<&'a Json> => Nullable<sql::Document>,
    }
}

impl<'a> Entries<'a> {
    pub fn of(rows: &'a [DeliveryRow]) -> Self {
        Self {
            organization_id: column(rows, |row| row.organization_id),
            user_id: column(rows, |row| row.user_id),
            seq: column(rows, |row| row.seq),
            device: column(rows, |row| row.device),
            message_id: column(rows, |row| row.message_id),
            notice: column(rows, |row| row.notice.as_ref()),
        }
    }
}

impl QueryFragment<Db> for Entries<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("INSERT INTO deliveries (");
        out.push_sql(Self::NAMES);
        out.push_sql(") SELECT * FROM ");
        self.walk(out)
    }
}

impl QueryId for Entries<'_> {
    type QueryId = Entries<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<Conn> for Entries<'_> {}

columns! {
    /// The last messages of conversations.
    pub struct Conversations {
        organization_id: Key<OrganizationId> => sql::Id,
        user_id: Key<UserId> => sql::Id,
        peer_id: Key<UserId> => sql::Id,
        last_message_id: Key<MessageId> => sql::Id,
    }
}

impl Conversations {
    pub fn of(rows: &[ConversationRow]) -> Self {
        Self {
            organization_id: column(rows, |row| row.organization_id),
            user_id: column(rows, |row| row.user_id),
            peer_id: column(rows, |row| row.peer_id),
            last_message_id: column(rows, |row| row.last_message_id),
        }
    }
}

impl QueryFragment<Db> for Conversations {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("INSERT INTO conversations (");
        out.push_sql(Self::NAMES);
        out.push_sql(") SELECT * FROM ");
        self.walk(out.reborrow())?;
        out.push_sql(
            " ON CONFLICT (organization_id, user_id, peer_id) DO UPDATE SET last_message_id = excluded.last_message_id",
        );
        Ok(())
    }
}

impl QueryId for Conversations {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<Conn> for Conversations {}
