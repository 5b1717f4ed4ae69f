//! Queues. Whatever stores something that calls for work does so with [`Jobs::write`]; or within another transaction with [`collect`], and
//! calls [`Jobs::wake`] after the commit.

mod backlog;
mod queue;
#[cfg(test)]
pub mod rollback;
mod schedules;

use std::sync::Arc;

use diesel::prelude::*;
use tenon_jobs::{NewJob, QueueName};
use tenon_kernel::Unavailable;
use tokio::sync::Notify;

use super::{Conn, Database, Db, audit, locks, pages, planning, queueing};
use crate::fault::Fault;
use crate::rows::JobRow;
use crate::schema::jobs;

/// See the ports.
#[derive(Clone)]
pub struct Jobs {
    database: Database,
    bells: Arc<[Notify; QueueName::ALL.len()]>,
}

impl Jobs {
    pub fn new(database: Database) -> Self {
        Self {
            database,
            bells: Arc::default(),
        }
    }

    /// Does `work` in a transaction, puts the jobs that it adds to the given ones into their queues there too, and wakes their
    /// workers after the commit.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn, &mut Vec<NewJob>) -> Result<T, Fault<E>> + Send + 'static,
    {
        let work = move |conn: &mut Conn| collect(conn, |conn, jobs| work(conn, jobs));
        let (done, queues) = self.database.write(work).await?;
        self.wake(queues);
        Ok(done)
    }

    /// To be called once jobs are stored durably. What nobody is woken for, because the caller has gone away meanwhile, is found
    /// a little later.
    pub fn wake(&self, queues: impl IntoIterator<Item = QueueName>) {
        for queue in queues {
            if let Some(bell) = self.bell(queue) {
                bell.notify_one();
            }
        }
    }

    fn bell(&self, queue: QueueName) -> Option<&Notify> {
        self.bells.get(queue as usize)
    }
}

/// Does `work` in the transaction of the caller, puts the jobs that it adds to the given ones into their queues, and says whose workers to
/// wake after the commit.
pub fn collect<T, E>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn, &mut Vec<NewJob>) -> Result<T, Fault<E>>,
) -> Result<(T, Vec<QueueName>), Fault<E>> {
    let mut jobs = Vec::new();
    let done = work(conn, &mut jobs)?;
    enqueue(conn, &jobs)?;
    Ok((done, jobs.iter().map(|job| job.queue).collect()))
}

/// Puts jobs into their queues in the transaction of the caller. One whose key another one has that waits or runs is left out; the other
/// one is not to wait for longer than it.
pub fn enqueue(conn: &mut Conn, jobs: &[NewJob]) -> QueryResult<()> {
    let mut jobs: Vec<&NewJob> = jobs.iter().collect();
    // Whoever puts in several waits for others that put in the same, so everybody begins with the same.
    jobs.sort_by_key(|job| (job.queue, job.key.as_ref().map(|key| key.as_str())));
    let rows: Vec<JobRow> = jobs.into_iter().map(JobRow::from).collect();
    if rows.is_empty() {
        return Ok(());
    }
    queueing::insert(conn, &rows)
}

/// Brings forward the job with the key of `row` that waits, if it is due later.
pub fn sooner(conn: &mut Conn, row: &JobRow) -> QueryResult<()> {
    let Some(key) = &row.key else { return Ok(()) };
    let waiting = jobs::table
        .filter(jobs::queue.eq(&row.queue))
        .filter(jobs::key.eq(key))
        .filter(jobs::worker.is_null())
        .filter(jobs::dead_at.is_null())
        .filter(jobs::due_at.gt(row.due_at));
    diesel::update(waiting).set(jobs::due_at.eq(row.due_at)).execute(conn)?;
    Ok(())
}
