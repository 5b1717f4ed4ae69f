use async_trait::async_trait;
use tenon_kernel::{Entry, JobId, Page, PageRequest, Timestamp, Unavailable};

use crate::{JobRecord, QueueName, State};

/// How many jobs a queue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub queue: QueueName,
    pub waiting: u64,
    pub running: u64,
    pub dead: u64,
    /// When the waiting job that is first in turn was or will be due.
    pub first_due: Option<Timestamp>,
}

impl Count {
    /// A queue without jobs.
    pub const fn none(queue: QueueName) -> Self {
        Self {
            queue,
            waiting: 0,
            running: 0,
            dead: 0,
            first_due: None,
        }
    }
}

/// Why a job is not tried again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// There is none.
    #[error("no such job")]
    NotFound,
    /// It waits or runs.
    #[error("the job is not dead")]
    NotDead,
    /// Another one with its key waits or runs.
    #[error("another job with the same key waits or runs")]
    Superseded,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a job is not discarded.
#[derive(Debug, thiserror::Error)]
pub enum DiscardError {
    /// There is none.
    #[error("no such job")]
    NotFound,
    /// Somebody is doing it.
    #[error("the job is running")]
    Running,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The queues as the operator sees them. Jobs of queues that this version does not know are left out.
#[async_trait]
pub trait Backlog: Send + Sync {
    /// The counts of every queue, in the order of [`QueueName::ALL`].
    async fn counts(&self) -> Result<Vec<Count>, Unavailable>;

    /// The jobs of a queue in a state, the earliest enqueued first.
    ///
    /// - MUST cost the same at any depth.
    async fn list(
        &self,
        queue: QueueName,
        state: State,
        page: &PageRequest<JobId>,
    ) -> Result<Page<JobRecord, JobId>, Unavailable>;

    /// The job, unless it is done.
    async fn find(&self, job: JobId) -> Result<Option<JobRecord>, Unavailable>;

    /// Makes a dead job wait, due at `now`, as if it had never been attempted. MUST store the entry too, or do nothing.
    async fn retry(&self, job: JobId, now: Timestamp, entry: &Entry) -> Result<(), RetryError>;

    /// Strikes out a job that is dead or waits. MUST store the entry too, or do nothing.
    async fn discard(&self, job: JobId, entry: &Entry) -> Result<(), DiscardError>;
}
