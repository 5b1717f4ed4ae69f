//! Socket.IO: namespaces, events and acknowledgements over the sessions of an engine.

mod acks;
mod application;
mod client;
pub(crate) mod decoder;
mod encoder;
mod json;
mod minute;
mod namespace;
mod worker;

pub use acks::Answer;
pub use application::{Accepted, AckId, Application, Connect, ConnectError, Handler, Incoming};
pub use decoder::RESERVED;
pub use namespace::Socket;
pub use worker::{Worker, serve};
