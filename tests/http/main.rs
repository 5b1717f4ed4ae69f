//! The built binary over real sockets: what every route answers to whom.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod accounts;
mod assets;
mod conditions;
mod idempotency;
mod invitations;
mod limits;
mod listing;
mod matrix;
mod members;
mod openapi;
mod organizations;
mod places;
mod refresh;
mod sessions;
