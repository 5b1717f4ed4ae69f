use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use diesel::prelude::*;
use tenon_kernel::{Activity, ActivityId, Entry, Timestamp, Unavailable};
use tokio::sync::{Mutex, mpsc};

use super::{Conn, Database, audit, telling};
use crate::fault::Fault;
use crate::rows::ActivityRow;
use crate::schema::{activities, outbox};
use crate::types::Key;

/// How many activities wait to be handed over; further ones are found in the table.
const WAITING: usize = 4096;

/// The most activities that are handed over or read at once.
const BATCH: usize = 256;

/// What is to be stored besides what happened, and told of it.
#[derive(Default)]
pub struct Told {
    pub activities: Vec<Activity>,
    pub entries: Vec<Entry>,
}

/// See the port. Everything that stores activities does so through this.
#[derive(Clone)]
pub struct Outbox {
    database: Database,
    fresh: Arc<Fresh>,
}

struct Fresh {
    waiting: mpsc::Sender<Activity>,
    next: Mutex<mpsc::Receiver<Activity>>,
    overflowed: AtomicBool,
}

impl Outbox {
    pub fn new(database: Database) -> Self {
        let (waiting, next) = mpsc::channel(WAITING);
        let fresh = Fresh {
            waiting,
            next: Mutex::new(next),
            overflowed: AtomicBool::new(false),
        };
        Self {
            database,
            fresh: Arc::new(fresh),
        }
    }

    /// Does `work` in a transaction, stores the activities that it adds to the given ones there too, and hands them over after
    /// the commit.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn, &mut Vec<Activity>) -> Result<T, Fault<E>> + Send + 'static,
    {
        self.audited(move |conn, told| work(conn, &mut told.activities)).await
    }

    /// The same, and adds entries to the audit log in that transaction.
    pub async fn audited<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn, &mut Told) -> Result<T, Fault<E>> + Send + 'static,
    {
        let work = move |conn: &mut Conn| {
            let mut told = Told::default();
            let done = work(conn, &mut told)?;
            let Told { activities, entries } = told;
            let rows: Vec<ActivityRow> = activities
                .iter()
                .map(ActivityRow::try_from)
                .collect::<QueryResult<_>>()?;
            match rows.as_slice() {
                // The usual case, whose statements are prepared once.
                [row] => record(conn, row)?,
                rows => telling::activities(conn, rows)?,
            }
            audit::append(conn, &entries)?;
            Ok((done, activities))
        };
        let (done, activities) = self.database.write(work).await?;
        for activity in activities {
            self.hand_over(activity);
        }
        Ok(done)
    }

    /// To be called once an activity is stored durably. What is not handed over, because its caller has gone away meanwhile,
    /// is found in the table.
    pub fn hand_over(&self, activity: Activity) {
        if self.fresh.waiting.try_send(activity).is_err() {
            self.fresh.overflowed.store(true, Ordering::Relaxed);
        }
    }
}

/// Stores an activity in the transaction of the caller.
pub fn record(conn: &mut Conn, row: &ActivityRow) -> QueryResult<()> {
    if let Some(of_organization) = row.of_organization() {
        diesel::insert_into(activities::table)
            .values(of_organization)
            .execute(conn)?;
    }
    diesel::insert_into(outbox::table).values(row).execute(conn)?;
    Ok(())
}

#[async_trait]
impl tenon_rooms::Outbox for Outbox {
    async fn fresh(&self) -> Option<Vec<Activity>> {
        let mut next = self.fresh.next.lock().await;
        let mut activities = Vec::new();
        next.recv_many(&mut activities, BATCH).await;
        if !self.fresh.overflowed.swap(false, Ordering::Relaxed) {
            return Some(activities);
        }
        while next.try_recv().is_ok() {}
        None
    }

    async fn untold(&self, before: Timestamp) -> Result<Vec<Activity>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let rows = outbox::table
                .filter(outbox::id.lt(Key(ActivityId::first_at(before))))
                .order(outbox::id)
                .limit(i64::try_from(BATCH).unwrap_or(i64::MAX))
                .select(ActivityRow::as_select())
                .load(conn)?;
            rows.into_iter().map(ActivityRow::into_activity).collect()
        };
        self.database.read(read).await
    }

    async fn told(&self, activities: &[ActivityId]) -> Result<(), Unavailable> {
        let told: Vec<_> = activities.iter().copied().map(Key).collect();
        let work = move |conn: &mut Conn| {
            diesel::delete(outbox::table.filter(outbox::id.eq_any(&told))).execute(conn)?;
            Ok(())
        };
        self.database.statement(work).await
    }
}
