//! What the ports of the store promise, on SQLite and on Postgres.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step that fails fails its test"
)]

mod housekeeping;
mod inventory;
mod invitations;
mod members;
mod organizations;
mod pages;
mod revocations;
mod sessions;
mod sites;
mod units;
mod users;
