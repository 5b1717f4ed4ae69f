//! The ports of Tenon that one process can serve alone: counters, the feed of revocations, rooms and who is in
//! them, the clock.
//!
//! This is the whole of a single instance, and what a cluster falls back to when Redis is gone.

mod attempts;
mod broker;
mod clock;
mod feed;
mod kept;
mod limits;
mod presences;
mod recoveries;
mod tickets;
mod wakes;

pub use attempts::LocalAttempts;
pub use broker::LocalBroker;
pub use clock::SystemClock;
pub use feed::LocalFeed;
pub use limits::LocalRateLimits;
pub use presences::LocalPresences;
pub use recoveries::LocalRecoveries;
pub use tickets::LocalTickets;
pub use wakes::LocalWakes;
