use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use diesel::prelude::*;
use tenon_kernel::{OrganizationId, Timestamp, Unavailable, UserId};
use tenon_messages::{ClientId, MessageId, Policy, Retention};

use super::super::{Database, locks};
use super::{Conn, Key, mailboxes};
use crate::fault::Fault;
use crate::rows::PurgedRow;
use crate::schema::{deliveries, messages, purged_messages};
use crate::types::At;

/// Messages that go in one transaction, so that nobody waits long for it.
const TOGETHER: usize = 500;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the search for messages that may go goes on: with the messages after this one.
type After = Option<MessageId>;

/// What may go, and where to go on; nowhere when there is nothing more.
struct Part {
    going: Vec<Going>,
    next: Option<MessageId>,
}

#[derive(Clone)]
struct Going {
    id: MessageId,
    sender: UserId,
    recipient: UserId,
    seq: i64,
    copy_seq: Option<i64>,
}

/// Its id, sender, recipient, device and places.
type Row = (Key<MessageId>, Key<UserId>, Key<UserId>, i32, i64, Option<i64>);

/// Deletes what the policy lets go, a part after the other.
pub async fn purge(database: &Database, retention: &Retention, now: Timestamp) -> Result<u64, Unavailable> {
    let (organization, policy) = (retention.organization, retention.policy);
    let (mut gone, mut after) = (0, None);
    loop {
        let part = database
            .read(move |conn| find(conn, organization, policy, now, after))
            .await?;
        let going = part.going;
        if !going.is_empty() {
            let work =
                move |conn: &mut Conn| remove(conn, organization, &going, now).map_err(Fault::<Unavailable>::Failed);
            gone += database.write(work).await?;
        }
        match part.next {
            Some(next) => after = Some(next),
            None => return Ok(gone),
        }
    }
}

fn find(
    conn: &mut Conn,
    organization: OrganizationId,
    policy: Policy,
    now: Timestamp,
    after: After,
) -> QueryResult<Part> {
    let mut query = messages::table
        .filter(messages::organization_id.eq(Key(organization)))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(messages::id.gt(Key(after)));
    }
    match policy {
        Policy::Keep => {
            return Ok(Part {
                going: Vec::new(),
                next: None,
            });
        }
        Policy::Days(days) => {
            let end = now.minus(DAY.saturating_mul(days.get()));
            query = query.filter(messages::id.lt(Key(MessageId::first_at(end))));
        }
        Policy::Acknowledged => query = query.filter(messages::delivered_at.is_not_null()),
    }
    let rows: Vec<Row> = query
        .order(messages::id)
        .limit(i64::try_from(TOGETHER).unwrap_or(i64::MAX))
        .select((
            messages::id,
            messages::sender_id,
            messages::recipient_id,
            messages::device,
            messages::seq,
            messages::copy_seq,
        ))
        .load(conn)?;
    let next = (rows.len() == TOGETHER)
        .then(|| rows.last().map(|row| row.0.0))
        .flatten();
    let mut acknowledged = Acknowledged::default();
    let mut going = Vec::with_capacity(rows.len());
    for (Key(id), Key(sender), Key(recipient), device, seq, copy_seq) in rows {
        let message = Going {
            id,
            sender,
            recipient,
            seq,
            copy_seq,
        };
        if matches!(policy, Policy::Days(_)) || acknowledged.by_all(conn, organization, &message, device)? {
            going.push(message);
        }
    }
    Ok(Part { going, next })
}

/// What each device of each user has acknowledged, read once for each user.
#[derive(Default)]
struct Acknowledged(BTreeMap<UserId, BTreeMap<i32, i64>>);

impl Acknowledged {
    /// Whether every device that the message or its copy is for has acknowledged it.
    fn by_all(
        &mut self,
        conn: &mut Conn,
        organization: OrganizationId,
        message: &Going,
        device: i32,
    ) -> QueryResult<bool> {
        let received = self.of(conn, organization, message.recipient)?;
        let has = if device == 0 {
            received.values().all(|up_to| *up_to >= message.seq)
        } else {
            received.get(&device).is_none_or(|up_to| *up_to >= message.seq)
        };
        let Some(copy) = message.copy_seq.filter(|_| has) else {
            return Ok(has);
        };
        let copied = self.of(conn, organization, message.sender)?;
        Ok(copied.values().all(|up_to| *up_to >= copy))
    }

    fn of(&mut self, conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<&BTreeMap<i32, i64>> {
        Ok(match self.0.entry(user) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(mailboxes::cursors(conn, organization, user)?),
        })
    }
}

/// Deletes messages and where they were delivered. Those that are gone already are not counted.
fn remove(conn: &mut Conn, organization: OrganizationId, going: &[Going], now: Timestamp) -> QueryResult<u64> {
    let users: BTreeSet<UserId> = going.iter().map(|message| message.recipient).collect();
    locks::mailboxes(conn, organization, &users)?;
    let mut gone = 0;
    let mut relieved: BTreeMap<UserId, i64> = BTreeMap::new();
    for message in going {
        let target = messages::table.find((Key(organization), Key(message.id)));
        let row: Option<(Key<ClientId>, At, Option<At>)> = diesel::delete(target)
            .returning((messages::client_id, messages::created_at, messages::delivered_at))
            .get_result(conn)
            .optional()?;
        let Some((client_id, created_at, delivered_at)) = row else {
            continue;
        };
        let purged = PurgedRow {
            organization_id: Key(organization),
            sender_id: Key(message.sender),
            client_id,
            id: Key(message.id),
            seq: message.seq,
            created_at,
            purged_at: At(now),
        };
        diesel::insert_into(purged_messages::table)
            .values(&purged)
            .execute(conn)?;
        gone += 1;
        if delivered_at.is_none() && message.sender != message.recipient {
            *relieved.entry(message.recipient).or_default() += 1;
        }
        forget(conn, organization, message.recipient, message.seq)?;
        if let Some(copy) = message.copy_seq {
            forget(conn, organization, message.sender, copy)?;
        }
    }
    for (user, messages) in relieved {
        mailboxes::relieve(conn, organization, user, messages)?;
    }
    Ok(gone)
}

fn forget(conn: &mut Conn, organization: OrganizationId, user: UserId, seq: i64) -> QueryResult<()> {
    diesel::delete(deliveries::table.find((Key(organization), Key(user), seq))).execute(conn)?;
    Ok(())
}
