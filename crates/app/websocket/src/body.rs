use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::Payload;
use bytes::Bytes;
use futures_util::Stream;

use crate::link::Phase;
use crate::{Close, Decoder, Event, Link, frame};

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

/// Both halves of a socket, as the body of the answer to its handshake.
pub(crate) struct Body<S: Session> {
    payload: Payload,
    /// What came and was not read yet.
    rest: Bytes,
    decoder: Decoder,
    link: Rc<Link>,
    session: S,
}

impl<S: Session> Body<S> {
    pub fn new(payload: Payload, decoder: Decoder, link: Rc<Link>, session: S) -> Self {
        Self {
            payload,
            rest: Bytes::new(),
            decoder,
            link,
            session,
        }
    }

    /// Reads until nothing more has come or nothing more may be read. False when nothing will come any more.
    fn read(&mut self, cx: &mut Context<'_>) -> bool {
        while self.link.may_read() {
            match self.decoder.next(&mut self.rest) {
                Ok(Some(event)) => self.handle(event),
                Err(violation) => self.session.over(&self.link, Some(violation.close())),
                Ok(None) => {
                    self.rest = match Pin::new(&mut self.payload).poll_next(cx) {
                        Poll::Ready(Some(Ok(bytes))) => bytes,
                        Poll::Ready(Some(Err(_)) | None) => return false,
                        Poll::Pending => return true,
                    };
                    self.link.listened();
                }
            }
        }
        true
    }

    fn handle(&self, event: Event) {
        let received = match event {
            Event::Text(text) => Received::Text(text),
            Event::Binary(bytes) => Received::Binary(bytes),
            Event::Part => Received::Part,
            Event::Ping(payload) => {
                self.link.reply(frame::pong(&payload));
                Received::Ping
            }
            Event::Pong => Received::Pong,
            Event::Close(close) => return self.session.over(&self.link, close),
        };
        self.session.received(&self.link, received);
    }
}

impl<S: Session> MessageBody for Body<S> {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    /// The server polls this whenever it has room to write, so that an outbox that does not empty is a client that does not
    /// read, and gathers all that is ready into one write.
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let this = self.get_mut();
        this.link.begin(cx.waker());
        if !this.read(cx) {
            return Poll::Ready(None);
        }
        if let Some(chunk) = this.link.pop() {
            return Poll::Ready(Some(Ok(chunk)));
        }
        if this.link.phase() != Phase::Open {
            return Poll::Ready(None);
        }
        this.session.drained(&this.link);
        if let Some(chunk) = this.link.pop() {
            return Poll::Ready(Some(Ok(chunk)));
        }
        this.link.rest();
        Poll::Pending
    }
}

impl<S: Session> Unpin for Body<S> {}

impl<S: Session> Drop for Body<S> {
    fn drop(&mut self) {
        self.link.gone();
        self.session.ended();
    }
}
