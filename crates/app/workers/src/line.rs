use std::sync::Arc;

use tenon_jobs::{Claim, Job, QueueName, WorkerId};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::attempt::{Attempt, stopped};
use crate::handler::Handler;
use crate::pace::Pace;
use crate::workers::WorkersPorts;

/// Has the jobs of one queue done.
pub(crate) struct Line {
    ports: WorkersPorts,
    pace: Pace,
    queue: QueueName,
    width: usize,
    handler: Arc<dyn Handler>,
    worker: WorkerId,
    failing: bool,
}

impl Line {
    pub(crate) fn new(
        ports: WorkersPorts,
        pace: Pace,
        queue: QueueName,
        width: usize,
        handler: Arc<dyn Handler>,
        worker: WorkerId,
    ) -> Self {
        Self {
            ports,
            pace,
            queue,
            width,
            handler,
            worker,
            failing: false,
        }
    }

    /// Claims and does jobs until told to stop, and returns when none is running any more.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            let free = self.width.saturating_sub(running.len());
            for job in self.claim(free).await {
                running.spawn(self.attempt(job).run(stop.clone()));
            }
            let free = running.len() < self.width;
            tokio::select! {
                biased;
                () = stopped(&mut stop) => {}
                Some(_) = running.join_next() => while running.try_join_next().is_some() {},
                () = self.ports.queue.enqueued(self.queue), if free => {}
                () = sleep(self.pace.look), if free => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    async fn claim(&mut self, most: usize) -> Vec<Job> {
        let claim = Claim {
            queue: self.queue,
            worker: self.worker,
            most,
            lease: self.pace.lease,
            now: self.ports.clock.now(),
        };
        let claimed = self.ports.queue.claim(&claim).await;
        if let Err(error) = &claimed
            && !self.failing
        {
            tracing::warn!(queue = %self.queue, %error, "cannot claim jobs");
        }
        self.failing = claimed.is_err();
        claimed.unwrap_or_default()
    }

    fn attempt(&self, job: Job) -> Attempt {
        Attempt {
            ports: self.ports.clone(),
            pace: self.pace,
            handler: Arc::clone(&self.handler),
            job,
        }
    }
}
