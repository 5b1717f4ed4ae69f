use std::rc::Rc;

use crate::{Close, Link};

/// Something that a socket received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A whole message of text.
    Text(String),
    /// A whole message of bytes.
    Binary(Vec<u8>),
    /// A frame of a message that goes on.
    Part,
    /// Answered already.
    Ping,
    /// A sign of life.
    Pong,
}

/// What goes on over a socket.
pub trait Session: 'static {
    /// Something came. Nothing more is read before this returns, nor while the link is held.
    fn received(&self, link: &Rc<Link>, received: Received);

    /// The client ended the socket, or broke the protocol: what came is over. Whoever has something to say before holds the
    /// link, and calls [`Link::end`] then.
    fn over(&self, link: &Rc<Link>, close: Option<Close>) {
        link.end(close.as_ref());
    }

    /// Everything that waited is on its way.
    fn drained(&self, link: &Rc<Link>);

    /// The connection is gone.
    fn ended(&self);
}
