use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{Timestamp, Unavailable};

use crate::{Job, Lease, NewJob, QueueName, WorkerId};

/// Who wants how many jobs of which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub queue: QueueName,
    pub worker: WorkerId,
    /// At most so many.
    pub most: usize,
    /// For how long they are the worker's unless it says more.
    pub lease: Duration,
    pub now: Timestamp,
}

/// What becomes of a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// It waits until then.
    RetryAt(Timestamp),
    /// It is given up.
    Dead,
}

/// The queues as workers use them.
///
/// Whatever stores something that calls for work enqueues the job in the same transaction; see the adapter.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Puts jobs into their queues.
    ///
    /// - MUST put in all of them or none, except that one whose key another waiting or running job of its queue has, or whose
    ///   id is there, MUST be left out.
    async fn enqueue(&self, jobs: &[NewJob]) -> Result<(), Unavailable>;

    /// Returns when this process has enqueued something in the queue, at once if it has since the last call returned. What
    /// other processes enqueue is found by claiming.
    async fn enqueued(&self, queue: QueueName);

    /// Takes jobs that are due, those that have been due for longest first, and those whose lease has run out.
    ///
    /// - MUST NOT give a job to two claimers, unless the lease of the first has run out.
    /// - MUST pass over what another claimer is just taking rather than wait for it.
    /// - MUST count an attempt for each, durably, before it returns.
    async fn claim(&self, claim: &Claim) -> Result<Vec<Job>, Unavailable>;

    /// Extends a lease until `until`; false when it is lost.
    async fn hold(&self, lease: &Lease, until: Timestamp) -> Result<bool, Unavailable>;

    /// Strikes out a job that is done; false when the lease is lost, and then MUST change nothing.
    async fn finish(&self, lease: &Lease) -> Result<bool, Unavailable>;

    /// Lets a job that failed wait, or gives it up, and keeps `error` for the operator; false when the lease is lost, and
    /// then MUST change nothing. What is given up holds its key no longer.
    async fn fail(&self, lease: &Lease, failed: Failed, error: &str, now: Timestamp) -> Result<bool, Unavailable>;

    /// Puts back a job that was begun and not done, due at `now`, as if the attempt had not been; false when the lease is
    /// lost, and then MUST change nothing.
    async fn give_back(&self, lease: &Lease, now: Timestamp) -> Result<bool, Unavailable>;
}
