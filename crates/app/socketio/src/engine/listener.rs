use std::rc::Rc;

use bytes::Bytes;

use super::Session;
use crate::Str;

/// Takes the new sessions of a worker.
pub trait Listener: 'static {
    /// A session was opened. What comes over it goes to the receiver.
    fn opened(&self, session: &Rc<Session>) -> Rc<dyn Receiver>;
}

/// Takes what comes over one session.
pub trait Receiver: 'static {
    /// A message of text. Nothing more is taken before this returns, nor while the session is held.
    fn text(&self, text: Str);

    /// A message of bytes.
    fn binary(&self, bytes: Bytes);

    /// Everything that waited is on its way.
    fn drained(&self);

    /// The client answered a ping: all that was sent before that ping arrived.
    fn ponged(&self);

    /// The session is gone. Nothing comes after this.
    fn ended(&self, reason: Reason);
}

/// Why a session, or a socket in it, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The client said that it goes, or its connection ended.
    Left,
    /// The client gave no sign of life in time, or entered no namespace.
    Silent,
    /// The client took nothing although something waited.
    Stalled,
    /// The client broke the rules.
    Violation,
    /// The server ended the connection.
    Ended,
    /// The client took its leave of the namespace.
    Departed,
    /// The server took the client out of the namespace.
    Dismissed,
}

impl Reason {
    /// Whether the client may come back and go on where it was, as far as the protocol is concerned.
    pub const fn is_recoverable(self) -> bool {
        match self {
            Self::Left | Self::Silent | Self::Stalled | Self::Ended => true,
            Self::Violation | Self::Departed | Self::Dismissed => false,
        }
    }
}
