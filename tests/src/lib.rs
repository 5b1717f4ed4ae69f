//! What the tests of the whole product share.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a step of a test that fails fails the test, and says why"
)]

pub mod app;
pub mod clock;
pub mod databases;
pub mod race;
