use std::rc::Rc;

use actix_http::ws::{self, HandshakeError};
use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::Version;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, rt};

use crate::driver::Driver;
use crate::socket::Socket;
use crate::{Bypass, Decoder, Limits, Link, Session};

/// Whether the request is a handshake that can be answered (RFC 6455, section 4.2.1).
///
/// # Errors
///
/// What it lacks.
pub fn verify(request: &HttpRequest) -> Result<(), HandshakeError> {
    // A protocol whose name has it inside is another one, and a client of HTTP/1.0 cannot upgrade (RFC 9110, section 7.8).
    let mut protocols = request
        .headers()
        .get_all(header::UPGRADE)
        .filter_map(|line| line.to_str().ok());
    let is_meant = protocols.any(|names| {
        names
            .split(',')
            .any(|name| name.trim().eq_ignore_ascii_case("websocket"))
    });
    if !is_meant || request.version() < Version::HTTP_11 {
        return Err(HandshakeError::NoWebsocketUpgrade);
    }
    if request.headers().get_all(header::SEC_WEBSOCKET_KEY).count() > 1 {
        return Err(HandshakeError::BadWebsocketKey);
    }
    ws::verify_handshake(request.head())
}

/// Answers a handshake, and names the chosen subprotocol if there is one. `session` makes what goes on over the socket, which takes the
/// connection over when the answer is written. It must have come in on a [`Wire`](crate::Wire) whose [`Bypass`] lies in what the server
/// keeps of it; any other is answered 500.
///
/// # Errors
///
/// What the request lacks to be a handshake.
pub fn upgrade<S: Session>(
    request: &HttpRequest,
    payload: Payload,
    limits: Limits,
    protocol: Option<HeaderValue>,
    session: impl FnOnce(&Rc<Link>) -> S,
) -> Result<HttpResponse, HandshakeError> {
    verify(request)?;
    let mut answer = ws::handshake_response(request.head());
    if let Some(protocol) = protocol {
        answer.insert_header((header::SEC_WEBSOCKET_PROTOCOL, protocol));
    }
    let Some(bypass) = request.conn_data::<Bypass>().cloned() else {
        return Ok(HttpResponse::InternalServerError().finish());
    };
    bypass.claim();
    let link = Rc::new(Link::new(limits, bypass.clone()));
    let session = session(&link);
    let socket = Socket::new(payload, bypass.clone(), Decoder::new(limits.message), link, session);
    rt::spawn(Driver::new(bypass, socket));
    Ok(answer.finish().map_body(|_, body| BoxBody::new(body)).into())
}
