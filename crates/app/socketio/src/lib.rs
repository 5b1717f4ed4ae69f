//! Engine.IO 4 and Socket.IO 5 on actix-web, over [`tenon_websocket`].
//!
//! An [`Engine`] belongs to the process and knows every session by its sid; a [`Worker`] belongs to a thread and has the
//! sessions that were opened there. [`serve`] answers all requests to the endpoint. A session that begins as a WebSocket
//! stays on its thread and costs no task, no timer and no queue beyond those of its [`tenon_websocket::Link`]. One that
//! begins with polling is owned by the thread that answered its handshake, and is reached by the requests that other
//! threads take, and by the WebSocket it may be upgraded to, through a mailbox.
//!
//! Packets are read by the parsers of `socketioxide`, which are types and functions only; what they let pass (depth, names,
//! placeholders, trailing characters) is refused here.

mod codes;
mod engine;
pub mod parsers;
mod socket;

pub use engine::{
    Engine, EngineSettings, Listener, Outbox, Packets, Reason, Receiver, Session, Sessions, Sid, forbidden,
};
pub use engineioxide_core::Str;
pub use socket::{
    Accepted, AckId, Answer, Application, Connect, ConnectError, Handler, Incoming, RESERVED, Socket, Worker, serve,
};
