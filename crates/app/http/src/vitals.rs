//! How this instance does, for the others.

use std::sync::Arc;

use tenon_cluster::{Signs, Vitals};

use crate::{Health, Queues, Sockets};

/// Reads what is counted anyway.
pub struct OwnVitals {
    pub sockets: Arc<Sockets>,
    pub queues: Arc<Queues>,
    pub health: Arc<Health>,
}

impl Vitals for OwnVitals {
    fn take(&self) -> Signs {
        self.sockets.sum_up();
        let state = |name| {
            let mut services = self.health.services();
            services.find(|(service, _)| *service == name).map(|(_, state)| state)
        };
        Signs {
            sockets: u64::try_from(self.sockets.open()).unwrap_or(0),
            rooms: u64::try_from(self.sockets.metrics.rooms.get()).unwrap_or(0),
            jobs: self.queues.latest().iter().map(|count| count.waiting).sum(),
            database: state("database").unwrap_or(tenon_kernel::ServiceState::Down),
            redis: state("redis"),
        }
    }
}
