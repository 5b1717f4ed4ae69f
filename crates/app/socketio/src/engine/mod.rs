//! Engine.IO: sessions over WebSocket and HTTP long-polling.

mod answer;
mod direct;
mod listener;
mod mailbox;
pub(crate) mod packet;
mod packets;
mod polling;
mod refusal;
mod registry;
mod request;
mod session;
mod sessions;
mod settings;
mod sid;
mod upgrade;

pub use listener::{Listener, Reason, Receiver};
pub use packets::Packets;
pub use refusal::forbidden;
pub use registry::Engine;
pub use session::Session;
pub use sessions::Sessions;
pub use settings::{EngineSettings, Outbox};
pub use sid::Sid;
