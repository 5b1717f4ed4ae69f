use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use tenon_accounts::HashError;
use tenon_kernel::{Load, Unavailable};
use tokio::sync::oneshot;

use super::hasher::Hasher;

/// How long a thread keeps its memory without work.
const IDLE: Duration = Duration::from_secs(1);

/// How long after that the allocator is reminded of it.
const SETTLED: Duration = Duration::from_millis(500);

/// How far the threads stand behind others where processor time is short, as nice(1) counts: they get a tenth of what another thread gets.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

type Job = Box<dyn FnOnce(&mut Hasher) + Send>;

/// Threads that hash, and the bounded queue before them.
#[derive(Debug)]
pub struct Pool {
    jobs: Sender<Job>,
    threads: usize,
    /// What the last job took, in microseconds.
    cost: Arc<AtomicU64>,
    busy: Arc<AtomicUsize>,
}

impl Pool {
    pub fn start(
        threads: usize,
        queue: usize,
        hasher: impl Fn() -> Result<Hasher, Unavailable>,
    ) -> Result<Self, Unavailable> {
        let (jobs, receiver) = bounded(queue);
        let cost = Arc::new(AtomicU64::new(0));
        let busy = Arc::new(AtomicUsize::new(0));
        for _ in 0..threads {
            let (receiver, hasher) = (receiver.clone(), hasher()?);
            let (cost, busy) = (Arc::clone(&cost), Arc::clone(&busy));
            thread::Builder::new()
                .name("tenon-hash".to_owned())
                .spawn(move || serve(&receiver, hasher, &cost, &busy))
                .map_err(|error| Unavailable::new("hashing", error))?;
        }
        Ok(Self {
            jobs,
            threads,
            cost,
            busy,
        })
    }

    /// How many threads there are, how many hash, and what waits for one.
    pub fn load(&self) -> Load {
        let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
        Load {
            of: "hashing",
            capacity: number(self.threads),
            busy: number(self.busy.load(Ordering::Relaxed)),
            waiting: number(self.jobs.len()),
        }
    }

    /// Runs `work` on one of the threads. When the caller goes away before its turn, it is not run.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hasher) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, HashError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |hasher| {
            if !reply.is_closed() {
                // The caller may go away meanwhile, and then nobody wants the answer.
                let _ = reply.send(work(hasher));
            }
        });
        match self.jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(HashError::Busy(self.drained_after())),
            Err(TrySendError::Disconnected(_)) => {
                return Err(Unavailable::new("hashing", "no thread is left").into());
            }
        }
        match answer.await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(Unavailable::new("hashing", "the hash was not computed").into()),
        }
    }

    /// The time in which the queue is worked off, if every job takes as long as the last one.
    fn drained_after(&self) -> Duration {
        let jobs = u64::try_from(self.jobs.len().div_ceil(self.threads) + 1).unwrap_or(u64::MAX);
        Duration::from_micros(self.cost.load(Ordering::Relaxed).max(1_000).saturating_mul(jobs))
    }
}

/// Works until the pool is gone.
fn serve(jobs: &Receiver<Job>, mut hasher: Hasher, cost: &AtomicU64, busy: &AtomicUsize) {
    step_back();
    let mut is_owed = false;
    loop {
        let job = match (hasher.holds_memory(), is_owed) {
            (true, _) => jobs.recv_timeout(IDLE),
            (false, true) => jobs.recv_timeout(SETTLED),
            (false, false) => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match job {
            Ok(job) => {
                let start = Instant::now();
                busy.fetch_add(1, Ordering::Relaxed);
                // A panic would otherwise end the thread, and the last one would take every sign-in with it.
                if catch_unwind(AssertUnwindSafe(|| job(&mut hasher))).is_err() {
                    tracing::error!("hashing a password panicked");
                }
                busy.fetch_sub(1, Ordering::Relaxed);
                let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
                // A job that nobody waited for says nothing of the cost.
                if micros >= 100 {
                    cost.store(micros, Ordering::Relaxed);
                }
            }
            Err(RecvTimeoutError::Timeout) if hasher.holds_memory() => {
                hasher.release();
                is_owed = true;
            }
            Err(RecvTimeoutError::Timeout) => {
                remind();
                is_owed = false;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Has the allocator give back to the system what was freed: mimalloc does so a while later, and only when something large is freed again.
fn remind() {
    drop(black_box(Vec::<u8>::with_capacity(4 << 20)));
}

/// Lets the other threads go first: Linux has a priority for each (setpriority(2), section "C library/kernel differences"), elsewhere it
/// is the whole process's.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "hashing threads have the priority of all others");
    }
}
