use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Integer};
use tenon_kernel::{OrganizationId, UserId};
use tenon_messages::{ClientId, Mailbox};

use super::PATIENCE;
use super::letter::Letter;
use crate::postgres::unnest::{column, columns};
use crate::postgres::{Conn, Db};
use crate::types::{Key, sql};

/// Which of them come for the first time and have nothing against them.
pub fn usual(conn: &mut Conn, letters: &[Letter]) -> QueryResult<Vec<bool>> {
    let found: Vec<(bool, i64)> = Asking::of(letters).load(conn)?;
    let mut clients = HashSet::new();
    let mut coming: HashMap<Mailbox, i64> = HashMap::new();
    let usual = letters.iter().zip(found).map(|(letter, (may, waiting))| {
        let is_first = clients.insert((letter.sender(), letter.row.client_id.0));
        let coming = coming.entry(letter.recipient()).or_default();
        let has_room = letter.is_to_oneself() || waiting + *coming < letter.most;
        let usual = may && is_first && has_room;
        *coming += i64::from(usual && !letter.is_to_oneself());
        usual
    });
    Ok(usual.collect())
}

columns! {
    /// What is asked of messages before they are kept.
    struct Asking {
        organization_id: Key<OrganizationId> => sql::Id,
        sender_id: Key<UserId> => sql::Id,
        recipient_id: Key<UserId> => sql::Id,
        device: i32 => Integer,
        client_id: Key<ClientId> => sql::Id,
    }
}

impl Asking {
    fn of(letters: &[Letter]) -> Self {
        Self {
            organization_id: column(letters, |letter| letter.row.organization_id),
            sender_id: column(letters, |letter| letter.row.sender_id),
            recipient_id: column(letters, |letter| letter.row.recipient_id),
            device: column(letters, |letter| letter.row.device),
            client_id: column(letters, |letter| letter.row.client_id),
        }
    }
}

/// Subqueries for one value each are not turned into joins or hashes, which may read a whole table.
impl QueryFragment<Db> for Asking {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql(
            "SELECT (SELECT user_id FROM memberships WHERE memberships.organization_id = asked.organization_id \
             AND memberships.user_id = asked.recipient_id) IS NOT NULL \
             AND (SELECT id FROM messages WHERE messages.organization_id = asked.organization_id \
             AND messages.sender_id = asked.sender_id AND messages.client_id = asked.client_id) IS NULL \
             AND (SELECT id FROM purged_messages WHERE purged_messages.organization_id = asked.organization_id \
             AND purged_messages.sender_id = asked.sender_id AND purged_messages.client_id = asked.client_id) IS NULL \
             AND (asked.device = 0 OR (SELECT device FROM devices WHERE devices.user_id = asked.recipient_id \
             AND devices.device = asked.device AND devices.removed_at IS NULL) IS NOT NULL), \
             coalesce((SELECT waiting FROM mailboxes WHERE mailboxes.organization_id = asked.organization_id \
             AND mailboxes.user_id = asked.recipient_id), 0) FROM ",
        );
        self.walk(out.reborrow())?;
        out.push_sql(" WITH ORDINALITY AS asked (");
        out.push_sql(Self::NAMES);
        out.push_sql(", place)");
        out.push_sql(PATIENCE);
        out.push_sql(" ORDER BY place");
        Ok(())
    }
}

impl QueryId for Asking {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Asking {
    type SqlType = (Bool, BigInt);
}

impl RunQueryDsl<Conn> for Asking {}
