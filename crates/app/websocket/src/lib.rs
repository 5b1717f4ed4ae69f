//! WebSocket (RFC 6455) on actix-web, for many idle sockets and for frames that thousands of them share.
//!
//! [`upgrade`] answers a handshake with a body that is both halves of the connection: it is polled by the connection's own
//! task, reads the request's payload through a strict [`Decoder`], and sends what lies in the socket's [`Link`]. So a
//! socket has no task, no channel and no timer of its own, and an idle one no buffer. On a [`Wire`], frames go out past the
//! server and its buffer as long as the client takes them.
//!
//! What a [`Session`] does with messages is its own affair; frames that go out are [`bytes::Bytes`] that were built once.

mod body;
mod close;
mod decoder;
pub mod frame;
mod header;
mod link;
mod outbox;
mod upgrade;
mod wire;

pub use actix_http::ws::HandshakeError;
pub use body::{Received, Session};
pub use close::Close;
pub use decoder::{Decoder, Event, Violation};
pub use link::{Limits, Link};
pub use upgrade::{upgrade, verify};
pub use wire::{Bypass, Wire};
