use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};

use super::refusal::Refusal;
use super::registry::Found;
use super::{Sessions, Sid, answer, direct, polling, upgrade};

/// The transport that a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Requested {
    Polling,
    WebSocket,
}

/// Answers a request: the transport is looked at first, then the session, then how the handshake is made.
pub(super) async fn serve(sessions: &Rc<Sessions>, request: &HttpRequest, payload: Payload) -> HttpResponse {
    let query = request.query_string();
    let transport = match parameter(query, "transport") {
        Some("polling") => Requested::Polling,
        Some("websocket") => Requested::WebSocket,
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
    transport: Requested,
    sid: &str,
) -> HttpResponse {
    let mailbox = match (sessions.engine().find(sid), transport) {
        (Found::Nothing, _) => return Refusal::UnknownSid.response(),
        (Found::WebSocket, Requested::Polling) => return Refusal::BadRequest.response(),
        (Found::WebSocket, Requested::WebSocket) => return upgrade::refuse(request, payload),
        (Found::Mailbox(mailbox), _) => mailbox,
    };
    if transport == Requested::WebSocket {
        return upgrade::begin(sessions, mailbox, request, payload);
    }
    match *request.method() {
        Method::GET => polling::poll(mailbox, request, sessions.engine().settings().max_payload).await,
        Method::POST => polling::post(mailbox, request, payload, sessions.engine().settings().max_payload).await,
        _ => Refusal::BadRequest.response(),
    }
}

fn open(sessions: &Rc<Sessions>, request: &HttpRequest, payload: Payload, transport: Requested) -> HttpResponse {
    if request.method() != Method::GET {
        return Refusal::BadMethod.response();
    }
    if transport == Requested::WebSocket && tenon_websocket::verify(request).is_err() {
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
        (Requested::WebSocket, Some(sid)) => direct::open(sessions, sid, request, payload),
        (Requested::Polling, Some(sid)) => answer::payload(sessions.open_mailbox(sid).into_bytes().into(), None),
    }
}

/// The first value of a parameter of a query; what it holds is not decoded, since nothing of the protocol is encoded.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
