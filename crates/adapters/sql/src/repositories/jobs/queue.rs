use async_trait::async_trait;
use diesel::prelude::*;
use tenon_jobs::{Claim, Failed, Job, Lease, NewJob, Queue, QueueName, WorkerId};
use tenon_kernel::{JobId, Timestamp, Unavailable};

use super::{Conn, Jobs, locks};
use crate::prepared::Prepared;
use crate::rows::JobRow;
use crate::schema::jobs;
use crate::types::{At, Key};

#[async_trait]
impl Queue for Jobs {
    async fn enqueue(&self, new: &[NewJob]) -> Result<(), Unavailable> {
        let new = new.to_vec();
        self.write(move |_, jobs| {
            jobs.extend_from_slice(&new);
            Ok(())
        })
        .await
    }

    async fn enqueued(&self, queue: QueueName) {
        match self.bell(queue) {
            Some(bell) => bell.notified().await,
            None => std::future::pending().await,
        }
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Job>, Unavailable> {
        let claim = *claim;
        // Mostly nothing is due, and to find that out takes no transaction.
        let is_due = move |conn: &mut Conn| is_due(conn, claim.queue, claim.now);
        if claim.most == 0 || !self.database.point(is_due).await? {
            return Ok(Vec::new());
        }
        self.database.write(move |conn| Ok(take(conn, &claim)?)).await
    }

    async fn hold(&self, lease: &Lease, until: Timestamp) -> Result<bool, Unavailable> {
        let lease = *lease;
        let work = move |conn: &mut Conn| {
            let held = Prepared(diesel::update(under(&lease)).set(jobs::due_at.eq(At(until))));
            Ok(held.execute(conn)? == 1)
        };
        self.database.statement(work).await
    }

    async fn finish(&self, lease: &Lease) -> Result<bool, Unavailable> {
        let lease = *lease;
        let work = move |conn: &mut Conn| Ok(diesel::delete(under(&lease)).execute(conn)? == 1);
        self.database.statement(work).await
    }

    async fn fail(&self, lease: &Lease, failed: Failed, error: &str, now: Timestamp) -> Result<bool, Unavailable> {
        let (lease, error) = (*lease, error.to_owned());
        let (due_at, dead_at) = match failed {
            Failed::RetryAt(at) => (at, None),
            Failed::Dead => (now, Some(At(now))),
        };
        let work = move |conn: &mut Conn| {
            let changed = diesel::update(under(&lease)).set((
                jobs::worker.eq(None::<Key<WorkerId>>),
                jobs::due_at.eq(At(due_at)),
                jobs::dead_at.eq(dead_at),
                jobs::error.eq(Some(error.as_str())),
            ));
            Ok(changed.execute(conn)? == 1)
        };
        self.database.statement(work).await
    }

    async fn give_back(&self, lease: &Lease, now: Timestamp) -> Result<bool, Unavailable> {
        let lease = *lease;
        let work = move |conn: &mut Conn| {
            let changed = diesel::update(under(&lease)).set((
                jobs::worker.eq(None::<Key<WorkerId>>),
                jobs::due_at.eq(At(now)),
                jobs::attempts.eq(jobs::attempts - 1),
            ));
            Ok(changed.execute(conn)? == 1)
        };
        self.database.statement(work).await
    }
}

/// The job under a lease, as long as nobody else has claimed it.
#[diesel::dsl::auto_type]
fn under(lease: &Lease) -> _ {
    let id: Key<JobId> = Key(lease.job);
    let worker: Key<WorkerId> = Key(lease.worker);
    let attempts: i32 = lease.attempt.cast_signed();
    jobs::table
        .filter(jobs::id.eq(id))
        .filter(jobs::worker.eq(worker))
        .filter(jobs::attempts.eq(attempts))
}

fn is_due(conn: &mut Conn, queue: QueueName, now: Timestamp) -> QueryResult<bool> {
    let first: Option<At> = jobs::table
        .filter(jobs::queue.eq(queue.as_str()))
        .filter(jobs::dead_at.is_null())
        .filter(jobs::due_at.le(At(now)))
        .order(jobs::due_at)
        .select(jobs::due_at)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

fn take(conn: &mut Conn, claim: &Claim) -> QueryResult<Vec<Job>> {
    let most = i64::try_from(claim.most).unwrap_or(i64::MAX);
    let due = locks::jobs(conn, claim.queue, claim.now, most)?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<JobRow> = Prepared(
        diesel::update(jobs::table.filter(jobs::id.eq_any(due)))
            .set((
                jobs::worker.eq(Some(Key(claim.worker))),
                jobs::due_at.eq(At(claim.now.plus(claim.lease))),
                jobs::attempts.eq(jobs::attempts + 1),
            ))
            .returning(JobRow::as_returning()),
    )
    .get_results(conn)?;
    rows.into_iter().map(JobRow::into_job).collect()
}
