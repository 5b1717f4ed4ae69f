//! Who does which jobs, and what is done at set times.

mod housekeeping;

use std::sync::Arc;

use tenon_jobs::QueueName;
use tenon_messages::Messages;
use tenon_sql::Housekeeping;
use tenon_workers::{Pace, Workers, WorkersPorts};

use crate::configuration::Jobs;
use housekeeping::{Chore, Housekeeper};

/// The workers of this process, about to start.
pub fn new(jobs: Jobs, ports: WorkersPorts, housekeeping: Arc<dyn Housekeeping>, messages: Messages) -> Workers {
    let housekeeper = Housekeeper {
        housekeeping,
        messages,
        clock: Arc::clone(&ports.clock),
    };
    let workers = Workers::new(ports, Pace::default());
    let serve = |workers: Workers, queue, handler| workers.serve(queue, jobs.width(queue), handler);
    let workers = serve(workers, QueueName::Housekeeping, Arc::new(housekeeper));
    Chore::ALL.into_iter().fold(workers, |workers, chore| {
        workers.call(chore.schedule(), QueueName::Housekeeping, chore.payload())
    })
}
