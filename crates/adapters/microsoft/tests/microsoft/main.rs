//! The client of Microsoft Graph against servers that answer over real sockets, and its envelopes against a vector of OpenSSL's.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a scene that cannot be set fails the test"
)]

mod assertion;
mod clock;
mod connection;
mod envelope;
mod keys;
mod keys_endpoint;
mod patience;
mod scene;
mod server;
mod sign_in;
mod simulated;
mod simulated_forgeries;
mod subscriptions;
mod tokens;
mod vector;
mod webhook;
