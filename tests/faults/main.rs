//! What is promised while something breaks: stops and kills under load, a dead Redis, a dead Postgres, a full disk, too
//! many clients and slow ones, and instances that must agree.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a step of a test that fails fails the test; figures are shown when it is run with --nocapture"
)]

mod agreement;
mod cluster;
mod demotion;
mod draining;
mod early;
#[cfg(target_os = "linux")]
mod full_disk;
mod graph;
mod jobs;
mod kills;
#[cfg(target_os = "linux")]
mod overload;
mod postgres;
mod redis;
mod reuse;
mod rotation;
mod slowness;
mod starting;
#[cfg(target_os = "linux")]
mod syncing;
mod telling;
mod wire;
