//! Messages while everything fails that can: what was acknowledged is delivered, once, and in the order of its sender; what was not
//! is delivered at most once.

mod correspondence;
mod correspondent;
mod cuts;
mod doors;
mod instances;
mod kills;
mod outages;
mod proxy;
mod readers;
mod record;

use tenon_tests::app::{Options, Setup};

/// The usual options, with limits that nobody reaches.
fn options(setup: Setup) -> Options {
    super::options(setup).set("TENON__LIMITS__MESSAGES_PER_SECOND", "1000000")
}

/// `TENON_TEST_KILLS`, or as many as usual.
fn number_of_kills(usual: u64) -> u64 {
    std::env::var("TENON_TEST_KILLS").map_or(usual, |number| number.parse().unwrap())
}
