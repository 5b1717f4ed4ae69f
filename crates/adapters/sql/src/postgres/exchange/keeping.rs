use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use tenon_kernel::{OrganizationId, SessionId, UserId};
use tenon_messages::{ClientId, Mailbox, MessageId, Sent, Seq};

use super::letter::Letter;
use super::places::Ends;
use super::usual::usual;
use crate::postgres::posting::{Conversations, Entries};
use crate::postgres::unnest::{column, columns};
use crate::postgres::{Conn, Db};
use crate::rows::{ConversationRow, DeliveryRow};
use crate::types::{At, Key, sql};

/// Keeps those that come for the first time and have nothing against them.
pub fn keep(conn: &mut Conn, letters: &[Letter]) -> QueryResult<Vec<Option<Sent>>> {
    let usual = usual(conn, letters)?;
    let kept = letters.iter().zip(&usual).filter(|(_, usual)| **usual);
    let kept: Vec<&Letter> = kept.map(|(letter, _)| letter).collect();
    let mut sent = sent(conn, &kept)?.into_iter();
    Ok(usual
        .into_iter()
        .map(|usual| if usual { sent.next() } else { None })
        .collect())
}

fn sent(conn: &mut Conn, letters: &[&Letter]) -> QueryResult<Vec<Sent>> {
    if letters.is_empty() {
        return Ok(Vec::new());
    }
    let mut ends = Ends::default();
    for letter in letters {
        // What one sends to oneself keeps nobody else out.
        ends.add(letter.recipient(), 1, i64::from(!letter.is_to_oneself()));
        // Held even if nothing comes into it, for the conversation.
        ends.add(letter.sender(), i64::from(letter.is_copied()), 0);
    }
    let mut places = ends.take(conn)?;
    let (mut seqs, mut copies) = (Vec::new(), Vec::new());
    for letter in letters {
        seqs.push(places.next(letter.recipient())?);
        let copy = letter.is_copied().then(|| places.next(letter.sender()));
        copies.push(copy.transpose()?);
    }
    let entries = entries(letters, &seqs, &copies);
    let sent = letters.iter().zip(&seqs).map(|(letter, seq)| Sent {
        id: letter.row.id.0,
        seq: Seq::stored(*seq),
        created_at: letter.row.created_at.0,
    });
    let sent = sent.collect();
    let keeping = Keeping {
        messages: Messages::of(letters, seqs, copies),
        entries: Entries::of(&entries),
        conversations: Conversations::of(&conversations(letters)),
    };
    // The removal of a device waits for the mailbox, and drops what came before it.
    let is_lost: bool = keeping.get_result(conn)?;
    if is_lost {
        return Err(DieselError::RollbackTransaction);
    }
    Ok(sent)
}

fn entries(letters: &[&Letter], seqs: &[i64], copies: &[Option<i64>]) -> Vec<DeliveryRow> {
    let mut entries = Vec::with_capacity(2 * letters.len());
    for ((letter, seq), copy) in letters.iter().zip(seqs).zip(copies) {
        let entry = |user, seq| DeliveryRow {
            organization_id: letter.row.organization_id,
            user_id: user,
            seq,
            device: letter.row.device,
            message_id: Some(letter.row.id),
            notice: None,
        };
        entries.push(entry(letter.row.recipient_id, *seq));
        entries.extend(copy.map(|seq| entry(letter.row.sender_id, seq)));
    }
    entries
}

/// The last message of both sides' conversations, each of which is there once.
fn conversations(letters: &[&Letter]) -> Vec<ConversationRow> {
    let mut last = BTreeMap::new();
    for letter in letters
        .iter()
        .filter(|letter| !letter.is_to_oneself() || letter.row.device == 0)
    {
        last.insert((letter.sender(), letter.recipient().user), letter.row.id);
        last.insert((letter.recipient(), letter.sender().user), letter.row.id);
    }
    let row = |((mailbox, peer), message): ((Mailbox, UserId), Key<MessageId>)| ConversationRow {
        organization_id: Key(mailbox.organization),
        user_id: Key(mailbox.user),
        peer_id: Key(peer),
        last_message_id: message,
    };
    last.into_iter().map(row).collect()
}

columns! {
    /// Messages with their places.
    struct Messages<'a> {
        organization_id: Key<OrganizationId> => sql::Id,
        id: Key<MessageId> => sql::Id,
        sender_id: Key<UserId> => sql::Id,
        sender_session: Key<SessionId> => sql::Id,
        recipient_id: Key<UserId> => sql::Id,
        device: i32 => Integer,
        client_id: Key<ClientId> => sql::Id,
        kind: &'a str => Text,
        seq: i64 => BigInt,
        copy_seq: Option<i64> => Nullable<BigInt>,
        created_at: At => sql::Instant,
        read_at: Option<At> => Nullable<sql::Instant>,
        encrypted_content: &'a [u8] => Binary,
    }
}

impl<'a> Messages<'a> {
    fn of(letters: &[&'a Letter], seq: Vec<i64>, copy_seq: Vec<Option<i64>>) -> Self {
        Self {
            organization_id: column(letters, |letter| letter.row.organization_id),
            id: column(letters, |letter| letter.row.id),
            sender_id: column(letters, |letter| letter.row.sender_id),
            sender_session: column(letters, |letter| letter.row.sender_session),
            recipient_id: column(letters, |letter| letter.row.recipient_id),
            device: column(letters, |letter| letter.row.device),
            client_id: column(letters, |letter| letter.row.client_id),
            kind: column(letters, |letter| letter.row.kind.as_str()),
            seq,
            copy_seq,
            created_at: column(letters, |letter| letter.row.created_at),
            read_at: column(letters, |letter| letter.row.read_at),
            encrypted_content: column(letters, |letter| letter.row.encrypted_content.as_slice()),
        }
    }
}

/// Three insertions in one statement, which says whether the device of any is gone.
struct Keeping<'a> {
    messages: Messages<'a>,
    entries: Entries<'a>,
    conversations: Conversations,
}

impl QueryFragment<Db> for Keeping<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("WITH kept AS (INSERT INTO messages (");
        out.push_sql(Messages::NAMES);
        out.push_sql(") SELECT * FROM ");
        self.messages.walk(out.reborrow())?;
        out.push_sql("), delivered AS (");
        self.entries.walk_ast(out.reborrow())?;
        out.push_sql("), conversed AS (");
        self.conversations.walk_ast(out.reborrow())?;
        out.push_sql(") SELECT EXISTS (SELECT FROM unnest(");
        out.push_bind_param::<Array<sql::Id>, _>(&self.messages.recipient_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(&self.messages.device)?;
        out.push_sql(
            ") AS meant (user_id, device) WHERE meant.device <> 0 AND (SELECT devices.device FROM devices \
             WHERE devices.user_id = meant.user_id AND devices.device = meant.device \
             AND devices.removed_at IS NULL) IS NULL)",
        );
        Ok(())
    }
}

impl QueryId for Keeping<'_> {
    type QueryId = Keeping<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Keeping<'_> {
    type SqlType = Bool;
}

impl RunQueryDsl<Conn> for Keeping<'_> {}
