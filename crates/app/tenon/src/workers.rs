//! Who does which jobs, and what is done at set times.

mod housekeeping;

use std::sync::Arc;

use tenon_jobs::QueueName;
use tenon_messages::Messages;
use tenon_sql::Housekeeping;
use tenon_workers::{Pace, Workers, WorkersPorts};

use housekeeping::{Chore, Housekeeper};

/// The workers of this process, about to start.
pub fn new(ports: WorkersPorts, housekeeping: Arc<dyn Housekeeping>, messages: Messages) -> Workers {
    let housekeeper = Housekeeper {
        housekeeping,
        messages,
        clock: Arc::clone(&ports.clock),
    };
    let workers = Workers::new(ports, Pace::default());
    let workers = workers.serve(QueueName::Housekeeping, 1, Arc::new(housekeeper));
    Chore::ALL.into_iter().fold(workers, |workers, chore| {
        workers.call(chore.schedule(), QueueName::Housekeeping, chore.payload())
    })
}
