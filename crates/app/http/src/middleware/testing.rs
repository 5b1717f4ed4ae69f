//! What tests of other modules need of this one.

use std::sync::Arc;

use tenon_kernel::{Clock, Timestamp};

use super::Edge;
use crate::Health;

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000)
    }
}

/// The edge of a server in production behind TLS, where it is always eight in the morning of 15 January 2027.
pub(crate) fn edge() -> Edge {
    let health = Arc::new(Health::new(Vec::new(), Vec::new()));
    Edge::with(Arc::new(Stopped), false, true, health)
}
