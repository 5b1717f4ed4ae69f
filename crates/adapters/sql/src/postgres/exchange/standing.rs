use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable};
use tenon_kernel::{OrganizationId, UserId};
use tenon_messages::MessageId;

use super::PATIENCE;
use super::acknowledging::Reception;
use crate::postgres::unnest::{column, columns};
use crate::postgres::{Conn, Db};
use crate::rows::device_number;
use crate::types::{Key, sql};

/// Where a device is before it acknowledges.
#[derive(Default)]
pub struct Standing {
    pub is_known: bool,
    /// Up to where it has acknowledged.
    pub cursor: i64,
    /// The last place in the mailbox.
    pub last: i64,
    /// What it acknowledges now and nobody did yet, with who sent it.
    pub waiting: Vec<(MessageId, UserId)>,
}

type Found = (i64, bool, i64, i64, Option<Key<MessageId>>, Option<Key<UserId>>);

/// Where each of the devices is.
pub fn standings(conn: &mut Conn, receptions: &[Reception]) -> QueryResult<Vec<Standing>> {
    let mut found = Standings::of(receptions).load::<Found>(conn)?.into_iter().peekable();
    let standing = |(place, _)| {
        let mut standing = Standing::default();
        while let Some((_, is_known, cursor, last, message, sender)) = found.next_if(|(of, ..)| *of == place) {
            standing.is_known = is_known;
            standing.cursor = cursor;
            standing.last = last;
            let message = message.zip(sender);
            standing
                .waiting
                .extend(message.map(|(message, sender)| (message.0, sender.0)));
        }
        standing
    };
    Ok((1..).zip(receptions).map(standing).collect())
}

columns! {
    /// Receptions by column.
    struct Standings {
        organization_id: Key<OrganizationId> => sql::Id,
        user_id: Key<UserId> => sql::Id,
        device: i32 => Integer,
        up_to: i64 => BigInt,
    }
}

impl Standings {
    fn of(receptions: &[Reception]) -> Self {
        Self {
            organization_id: column(receptions, |reception| Key(reception.mailbox.organization)),
            user_id: column(receptions, |reception| Key(reception.mailbox.user)),
            device: column(receptions, |reception| device_number(reception.device)),
            up_to: column(receptions, |reception| reception.up_to),
        }
    }
}

impl QueryFragment<Db> for Standings {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql(
            "SELECT asked.place, asked.device = 0 OR (SELECT device FROM devices WHERE devices.user_id = asked.user_id \
             AND devices.device = asked.device AND devices.removed_at IS NULL) IS NOT NULL, coalesce(device_cursors.up_to, 0), \
             coalesce((SELECT last_seq FROM mailboxes WHERE mailboxes.organization_id = asked.organization_id \
             AND mailboxes.user_id = asked.user_id), 0), waiting.id, waiting.sender_id FROM ",
        );
        self.walk(out.reborrow())?;
        out.push_sql(" WITH ORDINALITY AS asked (");
        out.push_sql(Self::NAMES);
        out.push_sql(", place)");
        out.push_sql(PATIENCE);
        out.push_sql(
            " LEFT JOIN LATERAL (SELECT up_to FROM device_cursors \
             WHERE device_cursors.organization_id = asked.organization_id AND device_cursors.user_id = asked.user_id \
             AND device_cursors.device = asked.device LIMIT 1) AS device_cursors ON TRUE \
             LEFT JOIN LATERAL (SELECT messages.id, messages.sender_id FROM deliveries \
             JOIN LATERAL (SELECT * FROM messages WHERE messages.organization_id = deliveries.organization_id \
             AND messages.id = deliveries.message_id LIMIT 1) AS messages ON TRUE \
             WHERE deliveries.organization_id = asked.organization_id AND deliveries.user_id = asked.user_id \
             AND deliveries.seq > coalesce(device_cursors.up_to, 0) AND deliveries.seq <= asked.up_to \
             AND (deliveries.device = 0 OR deliveries.device = asked.device) \
             AND messages.recipient_id = asked.user_id AND messages.delivered_at IS NULL) AS waiting ON TRUE \
             ORDER BY asked.place",
        );
        Ok(())
    }
}

impl QueryId for Standings {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Standings {
    type SqlType = (BigInt, Bool, BigInt, BigInt, Nullable<sql::Id>, Nullable<sql::Id>);
}

impl RunQueryDsl<Conn> for Standings {}
