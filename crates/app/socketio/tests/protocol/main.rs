//! The rules of Engine.IO 4 and Socket.IO 5, over real connections to a server of two workers.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod acknowledgements;
mod application;
mod backpressure;
mod client;
mod closing;
mod flooding;
mod handshake;
mod heartbeat;
mod namespaces;
mod polling;
mod server;
mod upgrade;
