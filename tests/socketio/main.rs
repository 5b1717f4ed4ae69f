//! Socket.IO as its documents say it, and clients of it that are not ours: `socket.io-client` on Node, `socketio` on Python, and
//! `rust_socketio`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod client;
mod echo;
mod ending;
mod entering;
mod feeds;
mod library;
mod limits;
mod order;
mod recovery;
mod rooms;
mod scene;
mod stories;

/// Far more than any step takes.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
