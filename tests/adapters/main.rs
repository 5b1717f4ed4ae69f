//! What the ports promise, held against every adapter that serves them: the counters and tickets in process and in Redis, and the
//! feed of revocations. Databases have tests of their own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a fixture that cannot be set up fails the test that asks for it"
)]

mod attempts;
mod counters;
mod feed;
mod instances;
mod limits;
mod outage;
mod recoveries;
mod redis_only;
mod rooms;
mod tickets;
