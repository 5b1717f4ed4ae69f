//! WebSocket (RFC 6455) on actix-web, for many idle sockets and for frames that thousands of them share.
//!
//! [`upgrade`] answers a handshake, after which the socket takes its connection, a [`Wire`], over from the HTTP server. One small task
//! reads it through a strict [`Decoder`] and sends what lies in the socket's [`Link`]; while that task sleeps, frames are written
//! to the connection at once. A socket has no channel and no timer of its own, and an idle one no buffer.
//!
//! What a [`Session`] does with messages is its own affair; frames that go out are [`bytes::Bytes`] that were built once.

mod close;
mod decoder;
mod driver;
pub mod frame;
mod header;
mod link;
mod outbox;
mod session;
mod socket;
mod upgrade;
mod wire;

pub use actix_http::ws::HandshakeError;
pub use close::Close;
pub use decoder::{Decoder, Event, Violation};
pub use link::{Limits, Link};
pub use session::{Received, Session};
pub use upgrade::{upgrade, verify};
pub use wire::{Bypass, Wire};
