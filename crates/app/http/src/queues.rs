//! Queues and what is in them, counted in the background, so that asking for it costs nothing.

mod metrics;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tenon_jobs::{Count, Jobs, QueueName, Tally};
use tokio::time::sleep;

/// To count costs in proportion to the jobs that there are.
const EVERY: Duration = Duration::from_secs(2);

/// The operator's service, and how many jobs there were lately.
///
/// [`Queues::run`] should be spawned; until something was counted every queue counts as empty.
pub struct Queues {
    pub(crate) jobs: Jobs,
    tally: Arc<Tally>,
    latest: Mutex<Vec<Count>>,
}

impl Queues {
    /// Queues whose attempts `tally` counts.
    pub fn new(jobs: Jobs, tally: Arc<Tally>) -> Self {
        Self {
            jobs,
            tally,
            latest: Mutex::new(QueueName::ALL.map(Count::none).into()),
        }
    }

    /// Counts once. What was counted before stays while the store does not answer.
    pub async fn look(&self) {
        match self.jobs.counts().await {
            Ok(counts) => *self.latest.lock() = counts,
            Err(error) => tracing::debug!(%error, "cannot count jobs"),
        }
    }

    /// Counts every two seconds, for good.
    pub async fn run(&self) {
        loop {
            self.look().await;
            sleep(EVERY).await;
        }
    }

    /// The counts as they were when last looked at.
    pub(crate) fn latest(&self) -> Vec<Count> {
        self.latest.lock().clone()
    }
}
