use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use tenon_kernel::Unavailable;
use tokio::sync::oneshot;

use super::Conn;
use crate::fault::{Fault, unavailable};

/// The most callers whose work shares a commit.
const BATCH: usize = 256;

/// How many callers may wait before further ones are refused.
const QUEUE: usize = 4096;

/// Answers a caller once it is known whether the commit that holds their work succeeded.
type Answer = Box<dyn FnOnce(Result<(), Arc<diesel::result::Error>>) + Send>;

/// Does a caller's work and says whether it is to be kept, and how to answer.
type Job = Box<dyn FnOnce(&mut Conn) -> (bool, Answer) + Send>;

/// The one thread that writes. It does the work of all callers that wait at the moment in one transaction, each in a
/// savepoint of its own, and answers them after the commit: many callers share the cost of making it durable.
pub struct Writer {
    queue: Sender<Job>,
}

impl Writer {
    /// Starts the thread. It ends when the writer is dropped and the queue is empty.
    pub fn start(connection: Conn) -> std::io::Result<Self> {
        let (queue, jobs) = bounded(QUEUE);
        thread::Builder::new()
            .name("sql-writer".to_owned())
            .spawn(move || write(connection, &jobs))?;
        Ok(Self { queue })
    }

    /// Does `work` and returns after the commit that holds it.
    pub async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Fault<E>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
                .unwrap_or_else(|_| Err(Fault::Refused(unavailable("work on the database panicked").into())))
                .map_err(Fault::into_error);
            let keep = result.is_ok();
            // A refusal too holds only with the commit: what it rests on may be the work of another in the same transaction.
            let reply: Answer = Box::new(move |committed| {
                let committed = committed.map_err(|error| E::from(unavailable(error)));
                // Whoever asked may have gone away; the work is done all the same.
                let _ = answer.send(committed.and(result));
            });
            (keep, reply)
        });
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too much work is waiting for the database"),
            TrySendError::Disconnected(_) => unavailable("the database is closed"),
        })?;
        answered
            .await
            .unwrap_or_else(|_| Err(unavailable("SQLite cannot begin a transaction").into()))
    }
}

fn write(mut connection: Conn, jobs: &Receiver<Job>) {
    let mut answers = Vec::with_capacity(BATCH);
    while let Ok(first) = jobs.recv() {
        let outcome = batch(&mut connection, first, jobs, &mut answers);
        if let Err(error) = &outcome {
            tracing::error!(%error, "SQLite did not commit");
            // A transaction that SQLite itself rolled back is not there any more, which is what is wanted.
            let _ = connection.batch_execute("ROLLBACK");
        }
        let outcome = outcome.map_err(Arc::new);
        for answer in answers.drain(..) {
            answer(outcome.clone());
        }
    }
}

fn batch(connection: &mut Conn, first: Job, jobs: &Receiver<Job>, answers: &mut Vec<Answer>) -> QueryResult<()> {
    // Should this fail, the first job is dropped, and its caller learns that the writer could not.
    connection.batch_execute("BEGIN IMMEDIATE")?;
    let mut next = Some(first);
    while let Some(job) = next {
        connection.batch_execute("SAVEPOINT job")?;
        let (keep, answer) = job(connection);
        answers.push(answer);
        connection.batch_execute(if keep {
            "RELEASE job"
        } else {
            "ROLLBACK TO job; RELEASE job"
        })?;
        next = if answers.len() < BATCH {
            jobs.try_recv().ok()
        } else {
            None
        };
    }
    connection.batch_execute("COMMIT")
}
