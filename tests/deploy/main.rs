//! What is in `deploy/`, held to the facts: names that exist, paths that answer, ports that agree, and a binary that runs in what is
//! laid out for it there.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test, and says why"
)]

mod agreement;
mod checkers;
mod files;
#[cfg(target_os = "linux")]
mod image;
mod metrics;
mod names;
mod probes;
mod proxies;
#[cfg(target_os = "linux")]
mod restrictions;
#[cfg(target_os = "linux")]
mod root;
#[cfg(target_os = "linux")]
mod system_calls;
mod traces;
mod unit;
