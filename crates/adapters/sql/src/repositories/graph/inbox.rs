mod forgetting;

use std::collections::HashSet;

use async_trait::async_trait;
use diesel::prelude::*;
use tenon_graph::{Batch, BatchId, Marks, Notification, Settled, Task, Verdict};
use tenon_jobs::NewJob;
use tenon_kernel::{About, Activity, GraphChange, NotificationId, Timestamp, Unavailable};

use super::jobs::collect;
use super::outbox::Outbox;
use super::registry::{lose, miss};
use super::tasks::job;
use super::{Conn, Database, Jobs, telling};
use crate::fault::Fault;
use crate::rows::{BatchRow, NotificationRow};
use crate::schema::{graph_batches as batches, graph_notifications as notifications};
use crate::types::Key;

/// See the port.
pub struct Inbox {
    database: Database,
    outbox: Outbox,
    jobs: Jobs,
}

impl Inbox {
    pub fn new(database: Database, outbox: Outbox, jobs: Jobs) -> Self {
        Self { database, outbox, jobs }
    }

    /// Does `work` in a transaction, and stores the activities and the jobs that it adds to the given ones there too.
    async fn write<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &mut Vec<Activity>, &mut Vec<NewJob>) -> Result<T, Fault<Unavailable>> + Send + 'static,
    {
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>| {
            collect(conn, |conn, jobs| work(conn, activities, jobs))
        };
        let (done, queues) = self.outbox.write(work).await?;
        self.jobs.wake(queues);
        Ok(done)
    }
}

#[async_trait]
impl tenon_graph::Inbox for Inbox {
    async fn accept(&self, batch: &Batch) -> Result<(), Unavailable> {
        let (row, id, now) = (BatchRow::from(batch), batch.id, batch.received_at);
        let work = move |conn: &mut Conn, jobs: &mut Vec<NewJob>| {
            diesel::insert_into(batches::table).values(&row).execute(conn)?;
            jobs.push(job(Task::Process(id), now)?);
            Ok(())
        };
        self.jobs.write(work).await
    }

    async fn batch(&self, id: BatchId) -> Result<Option<Batch>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let row: Option<BatchRow> = batches::table
                .find(Key(id))
                .select(BatchRow::as_select())
                .first(conn)
                .optional()?;
            Ok(row.map(BatchRow::into_batch))
        };
        self.database.read(read).await
    }

    async fn settle(
        &self,
        batch: BatchId,
        received_at: Timestamp,
        settled: &[Settled],
        now: Timestamp,
    ) -> Result<u64, Unavailable> {
        let mut settled = settled.to_vec();
        // Two batches that repeat one another wait for each other, and not in a circle. What tells of an edit comes before what has
        // but a name, which would keep others of that name from being known by their edit.
        settled.sort_by_key(|one| match one.verdict {
            Verdict::Believed(Marks { edit, name }) => (edit.is_none(), edit.or(name)),
            Verdict::Doubted(_) => (true, None),
        });
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>, jobs: &mut Vec<NewJob>| {
            let row = |one| NotificationRow::new(batch, received_at, one, now);
            let rows: Vec<NotificationRow> = settled.iter().map(row).collect();
            let new: HashSet<_> = telling::notifications(conn, &rows)?
                .into_iter()
                .map(|id| id.0)
                .collect();
            let mut believed = 0;
            for one in settled.iter().filter(|one| new.contains(&one.id)) {
                believed += u64::from(tell(conn, one, now, activities, jobs)?);
            }
            Ok(believed)
        };
        self.write(work).await
    }

    async fn resettle(&self, settled: &Settled, now: Timestamp) -> Result<(), Unavailable> {
        let settled = settled.clone();
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>, jobs: &mut Vec<NewJob>| {
            Ok(resettle(conn, &settled, now, activities, jobs)?)
        };
        self.write(work).await
    }

    async fn forget_batches(
        &self,
        before: Timestamp,
        after: Option<BatchId>,
        most: u32,
    ) -> Result<Option<BatchId>, Unavailable> {
        let work = move |conn: &mut Conn| Ok(forgetting::batches_between(conn, after, before, i64::from(most))?);
        self.database.write(work).await
    }

    async fn forget_notifications(&self, before: Timestamp, most: u32) -> Result<u64, Unavailable> {
        let work = move |conn: &mut Conn| {
            let gone = forgetting::settled_before(conn, before, i64::from(most))?;
            Ok(u64::try_from(gone).unwrap_or(u64::MAX))
        };
        self.database.write(work).await
    }

    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, Unavailable> {
        self.database.read(move |conn| find(conn, id)).await
    }
}

fn find(conn: &mut Conn, id: NotificationId) -> QueryResult<Option<Notification>> {
    let row: Option<NotificationRow> = notifications::table
        .find(Key(id))
        .select(NotificationRow::as_select())
        .first(conn)
        .optional()?;
    row.map(NotificationRow::into_notification).transpose()
}

/// Takes the notification out and puts it in again as it is judged now.
fn resettle(
    conn: &mut Conn,
    settled: &Settled,
    now: Timestamp,
    activities: &mut Vec<Activity>,
    jobs: &mut Vec<NewJob>,
) -> QueryResult<()> {
    let Some(before) = find(conn, settled.id)? else {
        return Ok(());
    };
    let quarantined = notifications::table
        .find(Key(settled.id))
        .filter(notifications::quarantine.is_not_null());
    // Of two who do this at once, the second finds nothing.
    if diesel::delete(quarantined).execute(conn)? == 0 {
        return Ok(());
    }
    let mut settled = settled.clone();
    if before.organization.is_some() {
        (settled.organization, settled.subscription) = (before.organization, before.subscription);
    }
    let row = NotificationRow::new(before.batch, before.received_at, &settled, now);
    let inserted = diesel::insert_into(notifications::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)?;
    if inserted == 1 {
        tell(conn, &settled, now, activities, jobs)?;
    }
    Ok(())
}

/// Adds the activity of a believed notification, and does what it asks for. Says whether it is believed.
fn tell(
    conn: &mut Conn,
    settled: &Settled,
    now: Timestamp,
    activities: &mut Vec<Activity>,
    jobs: &mut Vec<NewJob>,
) -> QueryResult<bool> {
    let (Verdict::Believed(_), Some(organization), Some(subscription)) =
        (&settled.verdict, settled.organization, settled.subscription)
    else {
        return Ok(false);
    };
    let about = About::Notification {
        notification: settled.id,
        subscription,
        change: settled.change,
    };
    activities.push(Activity::of_notification(organization, about, now));
    match settled.change {
        GraphChange::Removed => jobs.extend(lose(conn, organization, subscription, None, now)?),
        GraphChange::Missed => miss(conn, organization, subscription, now)?,
        GraphChange::Reauthorize => jobs.push(job(Task::Reauthorize(organization, subscription), now)?),
        GraphChange::Created | GraphChange::Updated | GraphChange::Deleted | GraphChange::Other => {}
    }
    Ok(true)
}
