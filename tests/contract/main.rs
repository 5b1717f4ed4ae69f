//! What ports promise: those of the store on SQLite and on Postgres, those of rooms in process and over Redis.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step that fails fails its test"
)]

mod activities;
mod answers;
mod api_keys;
mod audit;
mod cluster;
mod gone;
mod graph;
mod housekeeping;
mod inventory;
mod invitations;
mod jobs;
mod keys;
mod mail;
mod members;
mod members_added;
mod openings;
mod organizations;
mod pages;
mod revocations;
mod rooms;
mod sessions;
mod sites;
mod units;
mod users;
mod vault;
