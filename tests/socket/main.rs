//! The built binary over real WebSockets: who may open one, what goes over it, and how it ends.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a step of a test that fails fails the test; figures are shown when it is run with --nocapture"
)]

mod ahead;
mod ending;
mod frames;
mod handshake;
mod happenings;
mod instances;
mod limits;
mod mail;
mod memory;
mod metrics;
mod order;
mod presence;
mod resume;
mod revocation;
mod slowness;
mod tenancy;
