//! The built binary as a process: what it prints, what it leaves behind, how it starts and how it stops.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod api_keys;
mod audit;
mod backups;
mod commands;
mod doctor;
mod documents;
mod filling;
mod formats;
mod instances;
mod keys;
mod migrating_data;
mod organizations;
mod queues;
mod simulating;
mod starting;
mod stopping;
mod tenon;
mod users;
