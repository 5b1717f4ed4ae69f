//! Workers over the store, with handlers that do as a test wants.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod crew;
mod doing;
mod failing;
mod schedules;
mod stopping;
mod vanishing;
