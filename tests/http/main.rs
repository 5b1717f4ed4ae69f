//! The built binary over real sockets: what every route answers to whom.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod accounts;
mod activity;
mod api_keys;
mod assets;
mod audit;
mod bad_inputs;
mod cluster;
mod conditions;
mod credentials;
mod events;
mod headers;
mod idempotency;
mod invitations;
mod keys;
mod late;
mod limits;
mod listing;
mod logs;
mod matrix;
mod members;
mod messages;
mod openapi;
mod organizations;
mod places;
mod queues;
mod raw;
mod refresh;
mod sessions;
mod tokens;
mod transport;
mod users;
