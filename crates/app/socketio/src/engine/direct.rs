use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use tenon_websocket::{Link, Received};

use super::packet::Arrived;
use super::refusal::Refusal;
use super::{Reason, Session, Sessions, Sid};
use crate::Str;

/// A session that is a WebSocket from the start.
struct Direct(Rc<Session>);

/// Opens a session with a WebSocket.
pub(super) fn open(sessions: &Rc<Sessions>, sid: Sid, request: &HttpRequest, payload: Payload) -> HttpResponse {
    let limits = sessions.engine().settings().limits();
    let session = |link: &Rc<Link>| Direct(sessions.open_link(sid, link));
    tenon_websocket::upgrade(request, payload, limits, None, session).unwrap_or_else(|_| Refusal::BadRequest.response())
}

/// What a frame of a WebSocket holds; nothing for what is WebSocket's own affair.
pub(super) fn read(received: Received) -> Option<Result<Arrived, super::packet::Malformed>> {
    match received {
        Received::Text(text) => Some(Arrived::parse(Str::from(text), false)),
        Received::Binary(bytes) => Some(Ok(Arrived::Binary(Bytes::from(bytes)))),
        Received::Part | Received::Ping | Received::Pong => None,
    }
}

impl tenon_websocket::Session for Direct {
    fn received(&self, _: &Rc<Link>, received: Received) {
        match read(received) {
            Some(Ok(arrived)) => self.0.take(arrived),
            Some(Err(_)) => self.0.refuse("this is no packet"),
            None => {}
        }
    }

    fn drained(&self, _: &Rc<Link>) {
        self.0.drained();
    }

    fn ended(&self) {
        self.0.gone(Reason::Left);
    }
}
