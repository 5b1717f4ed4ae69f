//! What clients hear while connections, instances, databases and Redis come and go: of a room every event once and in order, or a
//! gap that they are told of; of their messages every one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a step of a test that fails fails the test; figures are shown when it is run with --nocapture"
)]

mod draining;
mod drops;
mod follower;
mod kills;
mod mail;
mod outages;
mod speaker;

use tenon_tests::app::{Options, Setup};

/// As [`options`], with a history that keeps all that is said, so that nobody comes too late for it.
fn remembering_all(setup: Setup) -> Options {
    options(setup).set("TENON__SOCKETS__HISTORY_EVENTS", "10000")
}

/// The usual options, with limits of sockets that nobody reaches.
fn options(setup: Setup) -> Options {
    let options = setup.options().set("TENON__SOCKETS__FRAMES_PER_MINUTE", "1000000");
    options.set("TENON__SOCKETS__PER_USER", "100000")
}
