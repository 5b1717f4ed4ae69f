use std::time::Duration;

use tenon_jobs::{JobKey, NewJob, Payload, QueueName, Schedule};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::attempt::stopped;
use crate::pace::Pace;
use crate::workers::WorkersPorts;

/// Clocks may be set, so what is due in a week is looked at before.
const LONGEST: Duration = Duration::from_secs(60);

/// Calls for scheduled work when it is due.
pub(crate) struct Caller {
    ports: WorkersPorts,
    pace: Pace,
    schedule: Schedule,
    queue: QueueName,
    payload: Payload,
}

impl Caller {
    pub(crate) fn new(ports: WorkersPorts, pace: Pace, schedule: Schedule, queue: QueueName, payload: Payload) -> Self {
        Self {
            ports,
            pace,
            schedule,
            queue,
            payload,
        }
    }

    /// Calls until told to stop.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut failing = false;
        while !*stop.borrow() {
            let now = self.ports.clock.now();
            let job = NewJob {
                key: JobKey::parse(self.schedule.name).ok(),
                ..NewJob::new(self.queue, self.payload.clone(), now)
            };
            let next = self.ports.schedules.call(&self.schedule, &job, now).await;
            if let Err(error) = &next
                && !failing
            {
                tracing::warn!(schedule = self.schedule.name, %error, "cannot call for scheduled work");
            }
            failing = next.is_err();
            let wait = next.map_or(Duration::ZERO, |next| next.since(now));
            tokio::select! {
                () = stopped(&mut stop) => {}
                () = sleep(wait.min(LONGEST).max(self.pace.look)) => {}
            }
        }
    }
}
