//! What the instances of a cluster share through Redis or Valkey: counters and the feed of revocations.
//!
//! Architecture Invariant: Redis holds nothing that cannot be lost. Every port here works on when the server is gone, with
//! the port in process that it was given, and comes back by itself; only tickets, which must not count twice, wait for it.

mod attempts;
mod connection;
mod feed;
mod limits;
mod message;
mod probe;
mod state;
mod tickets;

pub use attempts::RedisAttempts;
pub use connection::{Redis, UrlError};
pub use feed::{RedisFeed, Subscription};
pub use limits::RedisRateLimits;
pub use probe::RedisProbe;
pub use tickets::RedisTickets;
