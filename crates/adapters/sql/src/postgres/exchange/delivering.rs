use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer};
use tenon_kernel::{OrganizationId, Timestamp, UserId};
use tenon_messages::{Mailbox, MessageId};

use crate::postgres::posting::Entries;
use crate::postgres::unnest::columns;
use crate::postgres::{Conn, Db};
use crate::types::{At, Key, sql};

columns! {
    /// Mailboxes that are held until the transaction ends.
    struct Holding {
        organization_id: Key<OrganizationId> => sql::Id,
        user_id: Key<UserId> => sql::Id,
    }
}

impl QueryFragment<Db> for Holding {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("SELECT held.last_seq FROM ");
        self.walk(out.reborrow())?;
        out.push_sql(" AS asked (");
        out.push_sql(Self::NAMES);
        out.push_sql(
            ") CROSS JOIN LATERAL (SELECT last_seq FROM mailboxes \
             WHERE mailboxes.organization_id = asked.organization_id AND mailboxes.user_id = asked.user_id \
             FOR UPDATE) AS held",
        );
        Ok(())
    }
}

impl QueryId for Holding {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Holding {
    type SqlType = BigInt;
}

impl RunQueryDsl<Conn> for Holding {}

/// Nobody else puts anything into these mailboxes until the transaction ends. They are held one after the other, in the order in which
/// everybody does.
pub fn hold(conn: &mut Conn, mailboxes: &BTreeSet<Mailbox>) -> QueryResult<()> {
    let holding = Holding {
        organization_id: mailboxes.iter().map(|mailbox| Key(mailbox.organization)).collect(),
        user_id: mailboxes.iter().map(|mailbox| Key(mailbox.user)).collect(),
    };
    holding.load::<i64>(conn)?;
    Ok(())
}

columns! {
    /// Messages that arrived.
    struct Arrivals {
        id: Key<MessageId> => sql::Id,
        at: At => sql::Instant,
    }
}

/// Of one organization: conditions on the keys of several would be tried in every combination before PostgreSQL 17.
struct Delivering {
    organization: Key<OrganizationId>,
    arrivals: Arrivals,
}

impl QueryFragment<Db> for Delivering {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("WITH arrived AS (SELECT * FROM ");
        self.arrivals.walk(out.reborrow())?;
        out.push_sql(" AS arrived (");
        out.push_sql(Arrivals::NAMES);
        out.push_sql(")) UPDATE messages SET delivered_at = arrived.at FROM arrived WHERE messages.organization_id = ");
        out.push_bind_param::<sql::Id, _>(&self.organization)?;
        out.push_sql(
            " AND messages.id = arrived.id AND messages.id = ANY (ARRAY(SELECT id FROM arrived)) \
             AND messages.delivered_at IS NULL RETURNING messages.recipient_id, messages.sender_id, messages.seq",
        );
        Ok(())
    }
}

impl QueryId for Delivering {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Delivering {
    type SqlType = (sql::Id, sql::Id, BigInt);
}

impl RunQueryDsl<Conn> for Delivering {}

/// The recipient, the sender, and the place.
type Arrived = (Key<UserId>, Key<UserId>, i64);

/// What was delivered of a sender.
#[derive(Default)]
pub struct Delivered {
    pub messages: i64,
    /// The place of the last one.
    pub last: i64,
}

/// Marks those as delivered that are not yet. For each mailbox that they came into, what was delivered of whom.
pub fn deliver(
    conn: &mut Conn,
    messages: impl IntoIterator<Item = (OrganizationId, MessageId, Timestamp)>,
) -> QueryResult<HashMap<Mailbox, BTreeMap<UserId, Delivered>>> {
    let mut arrivals: BTreeMap<OrganizationId, Arrivals> = BTreeMap::new();
    for (organization, id, at) in messages {
        let arrivals = arrivals.entry(organization).or_default();
        arrivals.id.push(Key(id));
        arrivals.at.push(At(at));
    }
    let mut delivered: HashMap<_, BTreeMap<_, Delivered>> = HashMap::new();
    for (organization, arrivals) in arrivals {
        let delivering = Delivering {
            organization: Key(organization),
            arrivals,
        };
        for (Key(user), Key(sender), seq) in delivering.load::<Arrived>(conn)? {
            let mailbox = Mailbox { organization, user };
            let of_sender = delivered.entry(mailbox).or_default().entry(sender).or_default();
            of_sender.messages += 1;
            of_sender.last = of_sender.last.max(seq);
        }
    }
    Ok(delivered)
}

columns! {
    /// Mailboxes in which so many messages wait no longer.
    pub struct Relief {
        organization_id: Key<OrganizationId> => sql::Id,
        user_id: Key<UserId> => sql::Id,
        messages: i64 => BigInt,
    }
}

columns! {
    /// Up to where devices acknowledge.
    pub struct Cursors {
        organization_id: Key<OrganizationId> => sql::Id,
        user_id: Key<UserId> => sql::Id,
        device: i32 => Integer,
        up_to: i64 => BigInt,
    }
}

/// Receipts, and what changes for whoever acknowledged, in one statement.
pub struct Advance<'a> {
    pub entries: Entries<'a>,
    pub relief: Relief,
    pub cursors: Cursors,
}

impl QueryFragment<Db> for Advance<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql("WITH told AS (");
        self.entries.walk_ast(out.reborrow())?;
        out.push_sql("), relief AS (SELECT * FROM ");
        self.relief.walk(out.reborrow())?;
        out.push_sql(" AS relief (");
        out.push_sql(Relief::NAMES);
        out.push_sql(
            ")), relieved AS (UPDATE mailboxes SET waiting = mailboxes.waiting - relief.messages FROM relief \
             WHERE mailboxes.organization_id = relief.organization_id AND mailboxes.user_id = relief.user_id \
             AND mailboxes.organization_id = ANY (ARRAY(SELECT organization_id FROM relief)) \
             AND mailboxes.user_id = ANY (ARRAY(SELECT user_id FROM relief))) \
             INSERT INTO device_cursors (",
        );
        out.push_sql(Cursors::NAMES);
        out.push_sql(") SELECT * FROM ");
        self.cursors.walk(out.reborrow())?;
        out.push_sql(
            " ON CONFLICT (organization_id, user_id, device) DO UPDATE SET up_to = excluded.up_to \
             WHERE device_cursors.up_to < excluded.up_to",
        );
        Ok(())
    }
}

impl QueryId for Advance<'_> {
    type QueryId = Advance<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<Conn> for Advance<'_> {}
