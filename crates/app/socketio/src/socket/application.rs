use std::borrow::Cow;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use serde_json::value::RawValue;

use super::Socket;
use crate::Reason;

/// What is served over Socket.IO.
pub trait Application: 'static {
    /// Somebody asks to enter a namespace. Nothing more is taken from the client before this is answered.
    fn connect(self: Rc<Self>, connect: Connect) -> LocalBoxFuture<'static, Result<Accepted, ConnectError>>;
}

/// A client that asks to enter a namespace.
pub struct Connect {
    /// The client there, to be kept if it is accepted. Nothing can be sent to it before it was welcomed.
    pub socket: Rc<Socket>,
    /// The object that came along, if one did. In it may be a token.
    pub auth: Option<Box<RawValue>>,
}

/// A client that may enter.
pub struct Accepted {
    /// What the client is called in this namespace.
    pub sid: String,
    /// By what it is known when it comes back, if it can recover what it missed.
    pub pid: Option<String>,
    /// Takes what the client sends.
    pub handler: Rc<dyn Handler>,
}

/// Why a client may not enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectError {
    /// For the client.
    pub message: Cow<'static, str>,
}

impl ConnectError {
    /// With this message.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
        }
    }

    /// There is no such namespace.
    pub fn invalid_namespace() -> Self {
        Self::new("Invalid namespace")
    }
}

/// Takes what one client sends in one namespace.
pub trait Handler: 'static {
    /// The client was told that it may enter. The first that is called, unless the client went away before.
    fn welcomed(&self);

    /// An event came. Nothing more is taken from the client before this returns, nor while the socket is held.
    fn event(&self, event: Incoming);

    /// Everything that waited is on its way.
    fn drained(&self);

    /// All that was sent before a certain ping has arrived.
    fn ponged(&self);

    /// The client sent more packets in a minute than it may ([`EngineSettings::packets_per_minute`]). What is sent to it now
    /// is the last that it gets: the connection ends right after this, with 4429 unless it was ended here with another code.
    ///
    /// [`EngineSettings::packets_per_minute`]: crate::EngineSettings::packets_per_minute
    fn flooded(&self);

    /// The client is not in the namespace any more. The last that is called.
    fn disconnected(&self, reason: Reason);
}

/// An event that a client sent.
#[derive(Debug)]
pub struct Incoming {
    /// What it is called: at most 256 bytes, and none of the names that are reserved.
    pub name: String,
    /// What follows the name. Where an attachment belongs is a placeholder, `{"_placeholder":true,"num":0}`.
    pub args: Vec<Box<RawValue>>,
    /// The bytes for the placeholders, each of which is there once.
    pub attachments: Vec<Bytes>,
    /// With what the client wants it to be acknowledged.
    pub ack: Option<AckId>,
}

/// With what a client knows an event that it wants to have acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AckId(pub(crate) u64);
