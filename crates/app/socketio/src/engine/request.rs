use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};

use super::handshake::parameter;
use super::refusal::Refusal;
use super::registry::Found;
use super::{Handshake, Sessions, Sid, answer, direct, polling, upgrade};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Polling,
    WebSocket,
}

/// Answers a request: the transport is looked at first, then the session, then how the handshake is made.
pub(super) async fn serve(sessions: &Rc<Sessions>, request: &HttpRequest, payload: Payload) -> HttpResponse {
    let query = request.query_string();
    let transport = match parameter(query, "transport") {
        Some("polling") => Transport::Polling,
        Some("websocket") => Transport::WebSocket,
        _ => return Refusal::UnknownTransport.response(),
    };
    match parameter(query, "sid") {
        Some(sid) => go_on(sessions, request, payload, transport, sid).await,
        None => open(sessions, request, payload, transport),
    }
}

async fn go_on(
    sessions: &Rc<Sessions>,
    request: &HttpRequest,
    payload: Payload,
    transport: Transport,
    sid: &str,
) -> HttpResponse {
    let mailbox = match (sessions.engine().find(sid), transport) {
        (Found::Nothing, _) => return Refusal::UnknownSid.response(),
        (Found::WebSocket, Transport::Polling) => return Refusal::BadRequest.response(),
        (Found::WebSocket, Transport::WebSocket) => return upgrade::refuse(request, payload),
        (Found::Mailbox(mailbox), _) => mailbox,
    };
    if transport == Transport::WebSocket {
        return upgrade::begin(sessions, mailbox, request, payload);
    }
    match *request.method() {
        Method::GET => polling::poll(mailbox, request, sessions.engine().settings().max_payload).await,
        Method::POST => polling::post(mailbox, request, payload, sessions.engine().settings().max_payload).await,
        _ => Refusal::BadRequest.response(),
    }
}

fn open(sessions: &Rc<Sessions>, request: &HttpRequest, payload: Payload, transport: Transport) -> HttpResponse {
    if request.method() != Method::GET {
        return Refusal::BadMethod.response();
    }
    if transport == Transport::WebSocket && tenon_websocket::verify(request).is_err() {
        return Refusal::BadRequest.response();
    }
    if parameter(request.query_string(), "EIO") != Some("4") {
        return Refusal::UnsupportedVersion.response();
    }
    if !sessions.engine().takes_sessions() {
        return Refusal::Busy.response();
    }
    match (transport, Sid::random()) {
        (_, None) => Refusal::Busy.response(),
        (Transport::WebSocket, Some(sid)) => direct::open(sessions, sid, request, payload),
        (Transport::Polling, Some(sid)) => answer::payload(
            sessions.open_mailbox(sid, Handshake::of(request)).into_bytes().into(),
            None,
        ),
    }
}
