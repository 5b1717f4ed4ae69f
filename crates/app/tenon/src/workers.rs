//! Who does which jobs, and what is done at set times.

mod graph;
mod housekeeping;

use std::sync::Arc;

use tenon_jobs::{Payload, QueueName};
use tenon_messages::Messages;
use tenon_sql::Housekeeping;
use tenon_workers::{Pace, Workers, WorkersPorts};

use crate::configuration::Jobs;
pub use graph::GraphTasks;
use graph::RENEWALS;
use housekeeping::{Chore, Housekeeper};

/// The workers of this process, about to start.
pub fn new(
    jobs: Jobs,
    ports: WorkersPorts,
    housekeeping: Arc<dyn Housekeeping>,
    messages: Messages,
    graph: GraphTasks,
) -> Workers {
    let housekeeper = Housekeeper {
        housekeeping,
        messages,
        intake: graph.intake.clone(),
        clock: Arc::clone(&ports.clock),
    };
    let workers = Workers::new(ports, Pace::default());
    let serve = |workers: Workers, queue, handler| workers.serve(queue, jobs.width(queue), handler);
    let workers = serve(workers, QueueName::Housekeeping, Arc::new(housekeeper));
    let graph = Arc::new(graph);
    let workers = serve(workers, QueueName::Graph, Arc::<GraphTasks>::clone(&graph));
    let workers = serve(workers, QueueName::GraphSubscriptions, graph);
    let workers = workers.call(RENEWALS, QueueName::GraphSubscriptions, Payload::name(RENEWALS.name));
    Chore::ALL.into_iter().fold(workers, |workers, chore| {
        workers.call(chore.schedule(), QueueName::Housekeeping, chore.payload())
    })
}
