//! What is asked of queues.

use std::time::Duration;

use tenon_jobs::{Claim, NewJob, Payload, QueueName, Schedule, State, WorkerId};
use tenon_kernel::Timestamp;

use super::audit::entry;
use super::statements::requests;
use crate::Store;

/// Asks everything that can be asked of queues.
pub async fn ask(store: &Store, now: Timestamp) {
    let job = NewJob::new(QueueName::Graph, Payload::name("x"), now);
    store.queue.enqueue(std::slice::from_ref(&job)).await.unwrap();
    let claim = Claim {
        queue: QueueName::Graph,
        worker: WorkerId::at(now),
        most: 3,
        lease: Duration::from_secs(20),
        now,
    };
    assert_eq!(store.queue.claim(&claim).await.unwrap().len(), 1);
    store.backlog.counts().await.unwrap();
    store.backlog.find(job.id).await.unwrap();
    store.backlog.discard(job.id, &entry()).await.unwrap_err();
    store.backlog.retry(job.id, now, &entry()).await.unwrap_err();
    for request in requests() {
        for state in State::ALL {
            store.backlog.list(QueueName::Graph, state, &request).await.unwrap();
        }
    }
    let schedule = Schedule {
        name: "hourly",
        period: Duration::from_secs(3600),
    };
    store.schedules.call(&schedule, &job, now).await.unwrap();
    store.schedules.call(&schedule, &job, now).await.unwrap();
}
