//! The client of Microsoft Graph against servers that answer over real sockets, and its envelopes against a vector of OpenSSL's.
#![expect(clippy::unwrap_used, reason = "a scene that cannot be set fails the test")]

mod clock;
mod envelope;
mod keys;
mod keys_endpoint;
mod server;
mod tokens;
mod vector;
