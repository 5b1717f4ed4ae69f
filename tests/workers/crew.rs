//! Workers of one instance whose handler tells what it is given, and then does as it is told.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tenon_jobs::{Job, JobRecord, Outcome, QueueName, RetryPolicy, Tally};
use tenon_kernel::JobId;
use tenon_local::SystemClock;
use tenon_sql::Store;
use tenon_workers::{Failure, Handler, Pace, Running, Workers, WorkersPorts};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

/// Far more than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What a handler does with every job.
#[derive(Debug, Clone)]
pub enum Part {
    Succeed,
    Fail(Failure),
    Panic,
    Take(Duration),
    /// Until it is cut off.
    Hang,
}

struct Actor {
    part: Part,
    told: mpsc::UnboundedSender<Job>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

/// Counts a handler as long as it works.
struct Working(Arc<AtomicUsize>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Handler for Actor {
    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        let _working = Working(Arc::clone(&self.now));
        self.most.fetch_max(now, Ordering::SeqCst);
        // A test that has ended listens no more.
        let _ = self.told.send(job.clone());
        match &self.part {
            Part::Succeed => Ok(()),
            Part::Fail(failure) => Err(failure.clone()),
            Part::Panic => panic!("of {}", job.payload.as_str()),
            Part::Take(time) => {
                sleep(*time).await;
                Ok(())
            }
            Part::Hang => pending().await,
        }
    }
}

/// Workers of one instance.
pub struct Crew {
    pub tally: Arc<Tally>,
    running: Running,
    heard: mpsc::UnboundedReceiver<Job>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

/// A pace at which nothing takes long.
pub fn quick() -> Pace {
    Pace {
        lease: Duration::from_secs(2),
        beat: Duration::from_millis(200),
        look: Duration::from_millis(50),
        limit: Duration::from_secs(10),
        farewell: Duration::from_millis(500),
        retry: RetryPolicy {
            first: Duration::from_millis(40),
            longest: Duration::from_millis(200),
            attempts: 3,
        },
    }
}

impl Crew {
    pub fn start(store: &Store, part: Part) -> Self {
        Self::start_with(store, part, quick(), 3, |workers| workers)
    }

    pub fn start_with(
        store: &Store,
        part: Part,
        pace: Pace,
        width: usize,
        more: impl FnOnce(Workers) -> Workers,
    ) -> Self {
        let tally = Arc::new(Tally::default());
        let ports = WorkersPorts {
            queue: Arc::clone(&store.queue),
            schedules: Arc::clone(&store.schedules),
            clock: Arc::new(SystemClock::default()),
            tally: Arc::clone(&tally),
        };
        let (told, heard) = mpsc::unbounded_channel();
        let (now, most) = (Arc::default(), Arc::default());
        let actor = Actor {
            part,
            told,
            now: Arc::clone(&now),
            most: Arc::clone(&most),
        };
        let workers = Workers::new(ports, pace).serve(QueueName::Graph, width, Arc::new(actor));
        Self {
            tally,
            running: more(workers).start(),
            heard,
            now,
            most,
        }
    }

    /// The next job that the handler is given.
    pub async fn next(&mut self) -> Job {
        let heard = timeout(PATIENCE, self.heard.recv()).await;
        heard.expect("no job comes").expect("the workers have ended")
    }

    /// The next job that the handler was given already.
    pub fn try_next(&mut self) -> Option<Job> {
        self.heard.try_recv().ok()
    }

    /// Whether the handler was given a job that nobody asked for yet.
    pub fn has_more(&mut self) -> bool {
        self.try_next().is_some()
    }

    /// How many jobs the handler is doing, and the most that it ever did at once.
    pub fn working(&self) -> (usize, usize) {
        (self.now.load(Ordering::SeqCst), self.most.load(Ordering::SeqCst))
    }

    /// Waits until this many attempts have ended so.
    pub async fn ended(&self, outcome: Outcome, attempts: u64) {
        let counted = || self.tally.of(QueueName::Graph, outcome);
        let begun = Instant::now();
        while counted() < attempts {
            assert!(begun.elapsed() < PATIENCE, "{} {}", counted(), outcome.as_str());
            sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(counted(), attempts, "{}", outcome.as_str());
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// Ends it as if the process were killed.
    pub fn vanish(self) {
        drop(self.running);
    }
}

/// A job that is not done.
pub async fn record(store: &Store, job: JobId) -> JobRecord {
    store.backlog.find(job).await.unwrap().expect("the job is done")
}
