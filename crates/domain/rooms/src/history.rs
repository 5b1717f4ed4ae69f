use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use crate::{Event, Position};

/// How much of a room's past is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// The latest events, so many of them.
    pub events: NonZeroU32,
    /// How long an event is kept at least, if not so many followed it, and how long anything is after the last event.
    pub age: Duration,
}

impl Default for History {
    /// 1,000 events, 10 minutes.
    fn default() -> Self {
        Self {
            events: NonZeroU32::MIN.saturating_add(999),
            age: Duration::from_secs(10 * 60),
        }
    }
}

/// What was missed since a position: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// Every later event up to now, in order.
    Events(Vec<Arc<Event>>),
    /// Something is gone for good. Whoever asked reads the state elsewhere and goes on from here.
    Gap(Position),
}
