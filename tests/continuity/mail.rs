//! Messages while everything fails that can: what was acknowledged is delivered, once, and in the order of its sender; what was not
//! is delivered at most once.

mod correspondence;
mod correspondent;
mod cuts;
mod doors;
mod instances;
mod kills;
mod outages;
mod readers;

use tenon_tests::app::{Options, Setup};

/// The usual options, with limits that nobody reaches.
fn options(setup: Setup) -> Options {
    super::options(setup).set("TENON__LIMITS__MESSAGES_PER_SECOND", "1000000")
}
