use std::time::Duration;

use tenon_kernel::{Id, ServiceState, Timestamp};

#[doc(hidden)]
#[derive(Debug)]
pub enum InstanceTag {}

/// A process that serves, from its start to its end.
pub type InstanceId = Id<InstanceTag>;

/// How an instance does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signs {
    /// Open ones.
    pub sockets: u64,
    /// Those that have sockets here, counted in each worker.
    pub rooms: u64,
    /// Those that wait in all queues together, as this instance sees them.
    pub jobs: u64,
    pub database: ServiceState,
    /// Nothing without Redis.
    pub redis: Option<ServiceState>,
}

/// An instance as its last beat told of it. Both times are by its own clock, which may differ from that of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    pub id: InstanceId,
    /// Of Tenon: one word.
    pub version: String,
    pub started_at: Timestamp,
    /// When it beat.
    pub seen_at: Timestamp,
    pub signs: Signs,
}

impl Instance {
    /// How long it had been there when it beat.
    pub fn uptime(&self) -> Duration {
        self.seen_at.since(self.started_at)
    }
}
