use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Sender, TrySendError, bounded};
use diesel::r2d2::{ConnectionManager, Pool, R2D2Connection};
use tenon_kernel::{Load, Unavailable};
use tokio::sync::oneshot;

use crate::doubt::Doubt;
use crate::fault::unavailable;

type Job<C> = Box<dyn FnOnce(Result<&mut C, Unavailable>) + Send>;

/// How many pieces of work may wait for a lane before further ones are refused.
const QUEUE: usize = 4096;

/// Threads that work with the connections of a pool, one connection each at a time.
///
/// There are as many as connections, so that nobody waits for a connection while holding a thread; what waits, waits in
/// one bounded queue. A piece of work runs to its end also when whoever asked for it has gone away.
pub struct Lanes<C: R2D2Connection + 'static> {
    pool: Pool<ConnectionManager<C>>,
    queue: Sender<Job<C>>,
}

impl<C: R2D2Connection + Send + 'static> Lanes<C> {
    /// Starts `count` threads over the pool. They end when the lanes are dropped and the queue is empty.
    ///
    /// # Errors
    ///
    /// The system's, when it gives no threads.
    pub fn start(pool: Pool<ConnectionManager<C>>, count: u32) -> std::io::Result<Arc<Self>> {
        let (queue, jobs) = bounded::<Job<C>>(QUEUE);
        let doubt = Arc::new(Doubt::default());
        for lane in 0..count {
            let (jobs, pool, doubt) = (jobs.clone(), pool.clone(), Arc::clone(&doubt));
            thread::Builder::new().name(format!("sql-{lane}")).spawn(move || {
                for job in jobs {
                    // A panic would end the thread, and nobody would work in this lane any more. The connection is dropped while
                    // it passes, so the pool discards it, with all that the work had set.
                    let work = AssertUnwindSafe(|| match doubt.connection(&pool) {
                        Ok(mut connection) => {
                            job(Ok(&mut connection));
                            doubt.judge(&mut connection);
                        }
                        Err(error) => job(Err(error)),
                    });
                    if catch_unwind(work).is_err() {
                        tracing::error!("work on the database panicked");
                    }
                }
            })?;
        }
        Ok(Arc::new(Self { pool, queue }))
    }

    /// The pool underneath.
    pub fn pool(&self) -> &Pool<ConnectionManager<C>> {
        &self.pool
    }

    /// How many connections there may be, how many are in use, and how much waits for one.
    pub fn load(&self) -> Load {
        let state = self.pool.state();
        Load {
            of: "database",
            capacity: self.pool.max_size().into(),
            busy: state.connections.saturating_sub(state.idle_connections).into(),
            waiting: u64::try_from(self.queue.len()).unwrap_or(u64::MAX),
        }
    }

    /// Runs `work` on a lane.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when there is no connection, when the queue is full, or when `work` panicked.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut C) -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.post(move |connection| {
            // Whoever asked may have gone away; the work is done all the same.
            let _ = answer.send(connection.map(work));
        })?;
        answered
            .await
            .unwrap_or_else(|_| Err(unavailable("work on the database panicked")))
    }

    /// Runs `work` on a lane some time, with a connection or with the reason why there is none.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the queue is full.
    pub fn post(&self, work: impl FnOnce(Result<&mut C, Unavailable>) + Send + 'static) -> Result<(), Unavailable> {
        self.queue.try_send(Box::new(work)).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too much work is waiting for the database"),
            TrySendError::Disconnected(_) => unavailable("the database is closed"),
        })
    }
}
