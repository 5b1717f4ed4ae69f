use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::{QueryResult, RunQueryDsl, define_sql_function};
use tenon_kernel::{Load, Unavailable};
use tokio::sync::oneshot;

use super::Conn;
use super::checkpoints::Checkpoints;
use crate::fault::{Fault, unavailable};

/// The most callers whose work shares a commit.
const BATCH: usize = 256;

/// How many callers may wait before further ones are refused.
const QUEUE: usize = 4096;

/// The one thread that writes. It does the work of all callers that wait at the moment in one transaction and answers
/// them after the commit, so that many callers share the cost of making it durable.
///
/// A piece of work that fails must leave nothing behind. Most fail before they write anything, and then there is nothing
/// to undo. When one fails later, the transaction is rolled back and all of it is done again with a savepoint around each;
/// savepoints all the time would copy every page that a piece of work touches.
///
/// It waits for nobody: with 64 clients, a transaction kept open for 50 us or more without work made creates slower.
pub struct Writer {
    queue: Sender<Box<dyn Job>>,
    busy: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread. It ends when the writer is dropped and the queue is empty.
    pub fn start(connection: Conn, checkpoints: Checkpoints) -> std::io::Result<Self> {
        let (queue, jobs) = bounded(QUEUE);
        let busy = Arc::new(AtomicBool::new(false));
        let writing = Arc::clone(&busy);
        thread::Builder::new()
            .name("sql-writer".to_owned())
            .spawn(move || write(connection, checkpoints, &jobs, &writing))?;
        Ok(Self { queue, busy })
    }

    /// Whether it writes, and how many callers wait for its next transaction.
    pub fn load(&self) -> Load {
        Load {
            of: "writer",
            capacity: 1,
            busy: self.busy.load(Ordering::Relaxed).into(),
            waiting: u64::try_from(self.queue.len()).unwrap_or(u64::MAX),
        }
    }

    /// Does `work`, twice if need be, and returns after the commit that holds it.
    pub async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        self.enqueue(work, true).await
    }

    /// As [`Writer::run`], for work that fails only after it has written: to find out whether it has costs more than a small
    /// insertion.
    pub async fn run_uncounted<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        self.enqueue(work, false).await
    }

    async fn enqueue<T, E, F>(&self, work: F, counted: bool) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let call = Call {
            work,
            counted,
            result: None,
            answer,
        };
        self.queue.try_send(Box::new(call)).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too much work is waiting for the database"),
            TrySendError::Disconnected(_) => unavailable("the database is closed"),
        })?;
        answered
            .await
            .unwrap_or_else(|_| Err(unavailable("the writer has ended").into()))
    }
}

/// A piece of work and its caller.
trait Job: Send {
    /// Whether what it writes is counted. If not, it has written when it fails.
    fn counted(&self) -> bool;

    /// Does the work and says whether it is to be kept.
    fn run(&mut self, connection: &mut Conn) -> bool;

    /// Tells the caller what came of it.
    fn answer(self: Box<Self>, committed: Result<(), Arc<DieselError>>);
}

struct Call<T, E, F> {
    work: F,
    counted: bool,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Call<T, E, F>
where
    T: Send,
    E: From<Unavailable> + Send,
    F: Fn(&mut Conn) -> Result<T, Fault<E>> + Send,
{
    fn counted(&self) -> bool {
        self.counted
    }

    fn run(&mut self, connection: &mut Conn) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(connection)))
            .unwrap_or_else(|_| Err(Fault::Refused(unavailable("work on the database panicked").into())))
            .map_err(Fault::into_error);
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), Arc<DieselError>>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(unavailable("the work was not begun").into()),
            (Err(error), _) => Err(unavailable(error).into()),
        };
        // Whoever asked may have gone away; the work is done all the same.
        let _ = self.answer.send(result);
    }
}

fn write(mut connection: Conn, mut checkpoints: Checkpoints, jobs: &Receiver<Box<dyn Job>>, busy: &AtomicBool) {
    let mut batch = Vec::with_capacity(BATCH);
    while let Ok(first) = jobs.recv() {
        busy.store(true, Ordering::Relaxed);
        batch.push(first);
        let mut outcome = together(&mut connection, &mut batch, jobs);
        if matches!(outcome, Ok(Outcome::Spoiled)) {
            outcome = one_by_one(&mut connection, &mut batch);
        }
        let committed = outcome.map(|_| ()).map_err(|error| {
            tracing::error!(%error, "SQLite did not commit");
            // A transaction that SQLite itself rolled back is not there any more, which is what is wanted.
            let _ = connection.batch_execute("ROLLBACK");
            Arc::new(error)
        });
        for job in batch.drain(..) {
            job.answer(committed.clone());
        }
        checkpoints.committed(&mut connection);
        busy.store(false, Ordering::Relaxed);
    }
}

enum Outcome {
    /// All that is to be kept is committed.
    Committed,
    /// Something failed after it had written. Everything was rolled back.
    Spoiled,
}

/// Does the work of the batch, and of whoever comes meanwhile, and commits it.
fn together(
    connection: &mut Conn,
    batch: &mut Vec<Box<dyn Job>>,
    jobs: &Receiver<Box<dyn Job>>,
) -> QueryResult<Outcome> {
    connection.batch_execute("BEGIN IMMEDIATE")?;
    // How many changes there were before the next piece of work, where that is known.
    let mut before = None;
    let mut done = 0;
    while let Some(job) = batch.get_mut(done) {
        let written = if job.counted() {
            let known = before.map_or_else(|| changes(connection), Ok)?;
            let keep = job.run(connection);
            let after = changes(connection)?;
            before = Some(after);
            !keep && after != known
        } else {
            before = None;
            !job.run(connection)
        };
        if written {
            connection.batch_execute("ROLLBACK")?;
            return Ok(Outcome::Spoiled);
        }
        done += 1;
        if done < BATCH
            && let Ok(job) = jobs.try_recv()
        {
            batch.push(job);
        }
    }
    connection.batch_execute("COMMIT")?;
    Ok(Outcome::Committed)
}

/// Does the work of the batch with a savepoint around each piece, and commits it.
fn one_by_one(connection: &mut Conn, batch: &mut [Box<dyn Job>]) -> QueryResult<Outcome> {
    connection.batch_execute("BEGIN IMMEDIATE")?;
    for job in batch {
        connection.batch_execute("SAVEPOINT job")?;
        let end = if job.run(connection) {
            "RELEASE job"
        } else {
            "ROLLBACK TO job; RELEASE job"
        };
        connection.batch_execute(end)?;
    }
    connection.batch_execute("COMMIT")?;
    Ok(Outcome::Committed)
}

define_sql_function! {
    /// The number of rows that this connection has changed since it was opened (SQLite manual, Core Functions).
    fn total_changes() -> BigInt;
}

fn changes(connection: &mut Conn) -> QueryResult<i64> {
    diesel::select(total_changes()).get_result(connection)
}
