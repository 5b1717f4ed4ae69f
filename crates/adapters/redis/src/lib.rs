//! What the instances of a cluster share through Redis or Valkey: counters, the feed of revocations, events of rooms, who is
//! in them, wakes for mail, tickets, what a socket that was cut off goes on with, and which instances there are.
//!
//! Architecture Invariant: Redis holds nothing that cannot be lost. When the server is gone, counters go on in process, and
//! rooms and tickets say so at once; all come back by themselves.

mod attempts;
mod broker;
mod channel;
mod connection;
mod examination;
mod feed;
mod instances;
mod kept;
mod limits;
mod message;
mod presences;
mod probe;
mod recoveries;
mod state;
mod tickets;
mod wakes;

pub use attempts::RedisAttempts;
pub use broker::RedisBroker;
pub use channel::Subscription;
pub use connection::{Redis, UrlError};
pub use examination::{Examination, ExamineError, examine};
pub use feed::RedisFeed;
pub use instances::RedisInstances;
pub use limits::RedisRateLimits;
pub use presences::RedisPresences;
pub use probe::RedisProbe;
pub use recoveries::RedisRecoveries;
pub use tickets::RedisTickets;
pub use wakes::RedisWakes;
