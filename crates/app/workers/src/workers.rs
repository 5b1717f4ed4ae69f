use std::sync::Arc;
use std::time::Duration;

use tenon_jobs::{Payload, Queue, QueueName, Schedule, Schedules, Tally, WorkerId};
use tenon_kernel::Clock;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::caller::Caller;
use crate::handler::Handler;
use crate::line::Line;
use crate::pace::Pace;

/// A little more than what is given back takes.
const GRACE: Duration = Duration::from_secs(5);

/// What workers stand on.
#[derive(Clone)]
pub struct WorkersPorts {
    pub queue: Arc<dyn Queue>,
    pub schedules: Arc<dyn Schedules>,
    pub clock: Arc<dyn Clock>,
    /// Counts how attempts end.
    pub tally: Arc<Tally>,
}

/// Workers about to start.
pub struct Workers {
    ports: WorkersPorts,
    pace: Pace,
    lines: Vec<(QueueName, usize, Arc<dyn Handler>)>,
    calls: Vec<(Schedule, QueueName, Payload)>,
}

/// Workers that run. They are cut off when this is dropped.
pub struct Running {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    farewell: Duration,
}

impl Workers {
    /// Without any queue yet.
    pub fn new(ports: WorkersPorts, pace: Pace) -> Self {
        Self {
            ports,
            pace,
            lines: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// Has the jobs of a queue done by `handler`, at most `width` at a time; none here when that is 0.
    #[must_use]
    pub fn serve(mut self, queue: QueueName, width: usize, handler: Arc<dyn Handler>) -> Self {
        self.lines.push((queue, width, handler));
        self
    }

    /// Calls for a job of this payload again and again, which one of all instances does. While one waits or runs, no other is
    /// called for.
    #[must_use]
    pub fn call(mut self, schedule: Schedule, queue: QueueName, payload: Payload) -> Self {
        self.calls.push((schedule, queue, payload));
        self
    }

    /// Starts on the runtime of the caller.
    pub fn start(self) -> Running {
        let (stop, stopped) = watch::channel(false);
        let worker = WorkerId::at(self.ports.clock.now());
        // Jobs that run have it in the database.
        tracing::info!(%worker, "does jobs");
        let mut tasks = JoinSet::new();
        for (queue, width, handler) in self.lines.into_iter().filter(|(_, width, _)| *width > 0) {
            let line = Line::new(self.ports.clone(), self.pace, queue, width, handler, worker);
            tasks.spawn(line.run(stopped.clone()));
        }
        for (schedule, queue, payload) in self.calls {
            let caller = Caller::new(self.ports.clone(), self.pace, schedule, queue, payload);
            tasks.spawn(caller.run(stopped.clone()));
        }
        Running {
            stop,
            tasks,
            farewell: self.pace.farewell,
        }
    }
}

impl Running {
    /// Claims nothing more, waits for what is running as long as [`Pace::farewell`] says, and gives back the rest.
    pub async fn stop(mut self) {
        // Nobody hears it when everything has ended.
        let _ = self.stop.send(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(self.farewell + GRACE, ended).await.is_err() {
            tracing::warn!("some jobs could not be given back; they are taken up when their leases have run out");
        }
    }
}
