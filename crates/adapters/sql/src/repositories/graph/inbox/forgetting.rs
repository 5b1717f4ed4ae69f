//! What of the inbox is kept no longer.

use std::collections::HashSet;
use std::time::Duration;

use diesel::prelude::*;
use tenon_graph::{BatchId, Task};
use tenon_jobs::QueueName;
use tenon_kernel::{JobId, NotificationId, Timestamp};

use super::{Conn, batches, notifications};
use crate::schema::jobs;
use crate::types::{At, Key};

/// How many rows are named in one statement.
const AT_ONCE: usize = 500;

/// Ids say when they were made, and a microsecond is the least between two times.
const AFTERWARDS: Duration = Duration::from_micros(1);

/// Looks at the first batches of the range, deletes those that no job refers to, and returns the last one that it looked at.
pub fn batches_between(
    conn: &mut Conn,
    after: Option<BatchId>,
    before: Timestamp,
    most: i64,
) -> QueryResult<Option<BatchId>> {
    let mut old = batches::table.into_boxed();
    if let Some(after) = after {
        old = old.filter(batches::id.gt(Key(after)));
    }
    let old: Vec<Key<BatchId>> = old
        .filter(batches::id.lt(Key(BatchId::first_at(before))))
        .order(batches::id)
        .limit(most)
        .select(batches::id)
        .load(conn)?;
    let (Some(Key(first)), Some(Key(last))) = (old.first().copied(), old.last().copied()) else {
        return Ok(None);
    };
    let wanted = to_be_processed(conn, first, last)?;
    let mut idle: HashSet<BatchId> = old
        .into_iter()
        .map(|Key(id)| id)
        .filter(|id| !wanted.contains(id))
        .collect();
    if !idle.is_empty() {
        for batch in to_be_replayed(conn)? {
            idle.remove(&batch);
        }
        let idle = idle.into_iter().map(Key);
        diesel::delete(batches::table.filter(batches::id.eq_any(idle))).execute(conn)?;
    }
    Ok(Some(last))
}

/// The batches of this range that are to be processed. The job for that is as old as its batch.
fn to_be_processed(conn: &mut Conn, first: BatchId, last: BatchId) -> QueryResult<HashSet<BatchId>> {
    let payloads: Vec<String> = jobs::table
        .filter(jobs::id.ge(Key(JobId::first_at(first.time()))))
        .filter(jobs::id.lt(Key(JobId::first_at(last.time().plus(AFTERWARDS)))))
        .filter(jobs::queue.eq(QueueName::Graph.as_str()))
        .select(jobs::payload)
        .load(conn)?;
    let processed = |payload: String| match payload.parse() {
        Ok(Task::Process(batch)) => Some(batch),
        _ => None,
    };
    Ok(payloads.into_iter().filter_map(processed).collect())
}

/// The batches with notifications that are to be judged again.
fn to_be_replayed(conn: &mut Conn) -> QueryResult<Vec<BatchId>> {
    // Such jobs have a key, which those that process have not; in the words of the indexes for those that are not dead, and for the dead.
    let replays = || {
        let of_queue = jobs::table.filter(jobs::queue.eq(QueueName::Graph.as_str()));
        of_queue.filter(jobs::key.is_not_null()).select(jobs::payload)
    };
    let mut payloads: Vec<String> = replays().filter(jobs::dead_at.is_null()).load(conn)?;
    payloads.extend(replays().filter(jobs::dead_at.is_not_null()).load::<String>(conn)?);
    let replayed = |payload: String| match payload.parse() {
        Ok(Task::Replay(notification)) => Some(Key(notification)),
        _ => None,
    };
    let replayed: Vec<Key<NotificationId>> = payloads.into_iter().filter_map(replayed).collect();
    let mut found = Vec::new();
    for some in replayed.chunks(AT_ONCE) {
        let of_batches = notifications::table.filter(notifications::id.eq_any(some));
        let batches = of_batches.select(notifications::batch_id).load::<Key<BatchId>>(conn)?;
        found.extend(batches.into_iter().map(|Key(id)| id));
    }
    Ok(found)
}

/// Deletes the notifications that were settled first, and says how many those were.
pub fn settled_before(conn: &mut Conn, before: Timestamp, most: i64) -> QueryResult<usize> {
    let settled: Vec<Key<NotificationId>> = notifications::table
        .filter(notifications::settled_at.lt(At(before)))
        .order(notifications::settled_at)
        .limit(most)
        .select(notifications::id)
        .load(conn)?;
    diesel::delete(notifications::table.filter(notifications::id.eq_any(settled))).execute(conn)
}
