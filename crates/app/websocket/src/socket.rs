use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::dev::Payload;
use bytes::Bytes;
use futures_util::Stream;

use crate::link::Phase;
use crate::{Bypass, Decoder, Event, Link, Received, Session, frame};

/// A socket on a connection that it has taken over from the server.
pub(crate) struct Socket<S: Session> {
    /// What the server had read before it let go.
    early: Option<Payload>,
    bypass: Bypass,
    /// What came and was not read yet.
    rest: Bytes,
    decoder: Decoder,
    link: Rc<Link>,
    session: S,
}

impl<S: Session> Socket<S> {
    pub fn new(early: Payload, bypass: Bypass, decoder: Decoder, link: Rc<Link>, session: S) -> Self {
        Self {
            early: Some(early),
            bypass,
            rest: Bytes::new(),
            decoder,
            link,
            session,
        }
    }

    /// What is to be written next; nothing when the socket is over. It is asked whenever there is room to write, so that an outbox that
    /// does not empty is a client that does not read.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.link.begin(cx.waker());
        if !self.read(cx) {
            return Poll::Ready(None);
        }
        if let Some(chunk) = self.link.pop() {
            return Poll::Ready(Some(chunk));
        }
        if self.link.phase() != Phase::Open {
            return Poll::Ready(None);
        }
        self.session.drained(&self.link);
        if let Some(chunk) = self.link.pop() {
            return Poll::Ready(Some(chunk));
        }
        self.link.rest();
        Poll::Pending
    }

    /// Reads until nothing more has come or nothing more may be read. False when nothing will come any more.
    fn read(&mut self, cx: &mut Context<'_>) -> bool {
        while self.link.may_read() {
            match self.decoder.next(&mut self.rest) {
                Ok(Some(event)) => self.handle(event),
                Err(violation) => self.session.over(&self.link, Some(violation.close())),
                Ok(None) => {
                    self.rest = match self.poll_bytes(cx) {
                        Poll::Ready(Some(bytes)) => bytes,
                        Poll::Ready(None) => return false,
                        Poll::Pending => return true,
                    };
                    self.link.listened();
                }
            }
        }
        true
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(early) = &mut self.early {
            if let Poll::Ready(Some(Ok(bytes))) = Pin::new(early).poll_next(cx) {
                return Poll::Ready(Some(bytes));
            }
            self.early = None;
        }
        self.bypass
            .poll_read(cx)
            .map(|read| read.ok().filter(|bytes| !bytes.is_empty()))
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

impl<S: Session> Drop for Socket<S> {
    fn drop(&mut self) {
        self.link.gone();
        self.session.ended();
    }
}
