use diesel::dsl::SqlTypeOf;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Nullable};
use tenon_kernel::{Limit, OrganizationId, UserId};
use tenon_messages::{DeviceId, Mailbox, Reading, Seq};

use crate::postgres::repositories::mail::after::reading;
use crate::postgres::unnest::{column, columns};
use crate::postgres::{Conn, Db};
use crate::rows::{MessageRow, device_number};
use crate::types::{Json, Key, sql};

/// Entries that are read with one statement, of all mailboxes together.
const ENTRIES: usize = 256;

/// What is asked of a mailbox.
#[derive(Clone, Copy)]
pub struct Look {
    mailbox: Mailbox,
    device: i32,
    place: i64,
    most: i64,
}

impl Look {
    pub fn new(mailbox: &Mailbox, device: DeviceId, place: Seq, most: Limit) -> Self {
        Self {
            mailbox: *mailbox,
            device: device_number(device),
            place: place.get(),
            most: i64::try_from(most.get()).unwrap_or(i64::MAX),
        }
    }
}

type Found = (i64, i64, Option<i64>, Option<Json>, Option<MessageRow>);

/// What is in the mailboxes, each at the same moment as its last place. The more are looked at, the less is read of each at once: an
/// entry may be large.
pub fn look(conn: &mut Conn, looks: &[Look]) -> QueryResult<Vec<Reading>> {
    let share = (ENTRIES / looks.len().max(1)).max(1);
    let share = i64::try_from(share).unwrap_or(i64::MAX);
    let shared = |look: &Look| Look {
        most: look.most.min(share),
        ..*look
    };
    let looks: Vec<Look> = looks.iter().map(shared).collect();
    let looking = Looking {
        looks: Looks::of(&looks),
        message: <MessageRow as Selectable<Db>>::construct_selection(),
    };
    let mut found = looking.load::<Found>(conn)?.into_iter().peekable();
    let read = |(place, look): (i64, &Look)| {
        let (mut last, mut rows) = (0, Vec::new());
        while let Some((_, end, seq, notice, message)) = found.next_if(|(of, ..)| *of == place) {
            last = end;
            rows.extend(seq.map(|seq| (seq, notice, message)));
        }
        reading(&look.mailbox, look.place, look.most, last, rows)
    };
    (1..).zip(&looks).map(read).collect()
}

columns! {
    /// Looks by column.
    struct Looks {
        organization_id: Key<OrganizationId> => sql::Id,
        user_id: Key<UserId> => sql::Id,
        device: i32 => Integer,
        after: i64 => BigInt,
        most: i64 => BigInt,
    }
}

impl Looks {
    fn of(looks: &[Look]) -> Self {
        Self {
            organization_id: column(looks, |look| Key(look.mailbox.organization)),
            user_id: column(looks, |look| Key(look.mailbox.user)),
            device: column(looks, |look| look.device),
            after: column(looks, |look| look.place),
            most: column(looks, |look| look.most),
        }
    }
}

type Message = <MessageRow as Selectable<Db>>::SelectExpression;

struct Looking {
    looks: Looks,
    message: Message,
}

impl QueryFragment<Db> for Looking {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql(
            "SELECT asked.place, coalesce((SELECT last_seq FROM mailboxes \
             WHERE mailboxes.organization_id = asked.organization_id AND mailboxes.user_id = asked.user_id), 0), \
             found.seq, found.notice, ",
        );
        self.message.walk_ast(out.reborrow())?;
        out.push_sql(" FROM ");
        self.looks.walk(out.reborrow())?;
        out.push_sql(" WITH ORDINALITY AS asked (");
        out.push_sql(Looks::NAMES);
        out.push_sql(
            ", place) LEFT JOIN LATERAL (SELECT deliveries.seq, deliveries.notice, deliveries.message_id FROM deliveries \
             WHERE deliveries.organization_id = asked.organization_id AND deliveries.user_id = asked.user_id \
             AND deliveries.seq > asked.after AND (deliveries.device = 0 OR deliveries.device = asked.device) \
             ORDER BY deliveries.seq LIMIT asked.most) AS found ON TRUE \
             LEFT JOIN LATERAL (SELECT * FROM messages WHERE messages.organization_id = asked.organization_id \
             AND messages.id = found.message_id LIMIT 1) AS messages ON TRUE ORDER BY asked.place, found.seq",
        );
        Ok(())
    }
}

impl QueryId for Looking {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Looking {
    type SqlType = (
        BigInt,
        BigInt,
        Nullable<BigInt>,
        Nullable<sql::Document>,
        Nullable<SqlTypeOf<Message>>,
    );
}

impl RunQueryDsl<Conn> for Looking {}
