//! Jobs for tests of the store; each call makes new ones.

use std::time::Duration;

use tenon_jobs::{Claim, Failed, Job, JobKey, Lease, NewJob, Payload, QueueName, WorkerId};
use tenon_kernel::{Clock, JobId, Timestamp};
use tenon_local::SystemClock;
use tenon_sql::Store;

use crate::clock::moment;

/// How long a job is the claimer's.
pub const LEASE: Duration = Duration::from_secs(20);

pub fn worker() -> WorkerId {
    WorkerId::at(moment())
}

/// A job of the queue for Graph that is due now.
pub fn job(payload: &str) -> NewJob {
    NewJob::new(QueueName::Graph, Payload::new(payload).unwrap(), moment())
}

/// The same, as the only one of this key.
pub fn only(key: &str) -> NewJob {
    job(key).only(JobKey::parse(key).unwrap())
}

/// Puts this many jobs in.
pub async fn enqueue(store: &Store, count: usize) -> Vec<JobId> {
    let jobs: Vec<NewJob> = (0..count).map(|number| job(&number.to_string())).collect();
    store.queue.enqueue(&jobs).await.unwrap();
    jobs.iter().map(|job| job.id).collect()
}

/// What a worker gets that asks at `now`.
pub async fn claim(store: &Store, worker: WorkerId, most: usize, now: Timestamp) -> Vec<Job> {
    let claim = Claim {
        queue: QueueName::Graph,
        worker,
        most,
        lease: LEASE,
        now,
    };
    store.queue.claim(&claim).await.unwrap()
}

/// The time as servers have it: they clear away what was given up long ago.
pub fn now() -> Timestamp {
    SystemClock::default().now()
}

/// Puts this many jobs in, and gives them up.
pub async fn give_up(store: &Store, count: usize) -> Vec<JobId> {
    let ids = enqueue(store, count).await;
    for job in claim(store, worker(), count, now()).await {
        let given_up = store.queue.fail(&job.lease(), Failed::Dead, "Graph: 404", now()).await;
        assert!(given_up.unwrap());
    }
    ids
}

/// The one job that there is to claim.
pub async fn claim_one(store: &Store, now: Timestamp) -> Lease {
    let claimed = claim(store, worker(), 2, now).await;
    let [job] = claimed.as_slice() else {
        panic!("{} jobs", claimed.len())
    };
    job.lease()
}
