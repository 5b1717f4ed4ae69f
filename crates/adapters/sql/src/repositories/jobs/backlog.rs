use async_trait::async_trait;
use diesel::prelude::*;
use tenon_jobs::{Backlog, Count, DiscardError, JobRecord, QueueName, RetryError, State};
use tenon_kernel::{Entry, JobId, Page, PageRequest, Timestamp, Unavailable};

use super::pages::{fetch, page, total};
use super::planning::for_values;
use super::{Conn, Db, Jobs, audit};
use crate::fault::{Fault, already_there};
use crate::rows::JobRow;
use crate::schema::jobs;
use crate::types::{At, Key};

type Boxed<'a> = jobs::BoxedQuery<'a, Db>;

#[async_trait]
impl Backlog for Jobs {
    async fn counts(&self) -> Result<Vec<Count>, Unavailable> {
        self.database.read(counts).await
    }

    async fn list(
        &self,
        queue: QueueName,
        state: State,
        request: &PageRequest<JobId>,
    ) -> Result<Page<JobRecord, JobId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let of_queue = || in_state(state).filter(jobs::queue.eq(queue.as_str()));
            let mut query = of_queue();
            if let Some(after) = request.after {
                query = query.filter(jobs::id.gt(Key(after)));
            }
            let rows = query
                .order(jobs::id)
                .limit(fetch(&request))
                .select(JobRow::as_select())
                .load(conn)?;
            let total = total(&request, || of_queue().count().get_result(conn))?;
            page(rows, &request, total, JobRow::into_record, |job| job.id)
        };
        self.database.read(move |conn| for_values(conn, read)).await
    }

    async fn find(&self, job: JobId) -> Result<Option<JobRecord>, Unavailable> {
        self.database.point(move |conn| find(conn, job)).await
    }

    async fn retry(&self, job: JobId, now: Timestamp, entry: &Entry) -> Result<(), RetryError> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn| {
            let found = find(conn, job)?.ok_or(Fault::Refused(RetryError::NotFound))?;
            let dead = jobs::table.find(Key(job)).filter(jobs::dead_at.is_not_null());
            let waiting = diesel::update(dead)
                .set((
                    jobs::dead_at.eq(None::<At>),
                    jobs::due_at.eq(At(now)),
                    jobs::attempts.eq(0),
                ))
                .execute(conn);
            match already_there(waiting, RetryError::Superseded)? {
                0 => Err(Fault::Refused(RetryError::NotDead)),
                _ => {
                    let entry = entry.clone().with("queue", found.queue.as_str());
                    audit::append(conn, &[entry])?;
                    Ok(found.queue)
                }
            }
        };
        let queue = self.database.write(work).await?;
        self.wake([queue]);
        Ok(())
    }

    async fn discard(&self, job: JobId, entry: &Entry) -> Result<(), DiscardError> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn| {
            let idle = jobs::table.find(Key(job)).filter(jobs::worker.is_null());
            let queue: Option<String> = diesel::delete(idle)
                .returning(jobs::queue)
                .get_result(conn)
                .optional()?;
            if let Some(queue) = queue {
                audit::append(conn, &[entry.clone().with("queue", queue.as_str())])?;
                return Ok(());
            }
            Err(Fault::Refused(match find(conn, job)? {
                Some(_) => DiscardError::Running,
                None => DiscardError::NotFound,
            }))
        };
        self.database.write(work).await
    }
}

fn find(conn: &mut Conn, job: JobId) -> QueryResult<Option<JobRecord>> {
    let row = jobs::table.find(Key(job)).select(JobRow::as_select());
    row.first(conn).optional()?.map(JobRow::into_record).transpose()
}

/// In the words of the index for the state.
fn in_state<'a>(state: State) -> Boxed<'a> {
    let all = jobs::table.into_boxed();
    match state {
        State::Waiting => all.filter(jobs::worker.is_null()).filter(jobs::dead_at.is_null()),
        State::Running => all.filter(jobs::worker.is_not_null()),
        State::Dead => all.filter(jobs::dead_at.is_not_null()),
    }
}

fn counts(conn: &mut Conn) -> QueryResult<Vec<Count>> {
    let mut counts = Vec::with_capacity(QueueName::ALL.len());
    for queue in QueueName::ALL {
        counts.push(Count {
            queue,
            waiting: count(conn, queue, State::Waiting)?,
            running: count(conn, queue, State::Running)?,
            dead: count(conn, queue, State::Dead)?,
            first_due: first_due(conn, queue)?,
        });
    }
    Ok(counts)
}

fn count(conn: &mut Conn, queue: QueueName, state: State) -> QueryResult<u64> {
    let count: i64 = in_state(state)
        .filter(jobs::queue.eq(queue.as_str()))
        .count()
        .get_result(conn)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// When the waiting job that is first in turn was or will be due.
fn first_due(conn: &mut Conn, queue: QueueName) -> QueryResult<Option<Timestamp>> {
    let first: Option<At> = jobs::table
        .filter(jobs::queue.eq(queue.as_str()))
        .filter(jobs::dead_at.is_null())
        .filter(jobs::worker.is_null())
        .order(jobs::due_at)
        .select(jobs::due_at)
        .first(conn)
        .optional()?;
    Ok(first.map(|at| at.0))
}
