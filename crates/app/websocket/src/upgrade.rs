use std::rc::Rc;

use actix_http::ws::{self, HandshakeError};
use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use crate::body::Body;
use crate::{Bypass, Decoder, Limits, Link, Session};

/// Whether the request is a handshake that can be answered (RFC 6455, section 4.2.1).
///
/// # Errors
///
/// What it lacks.
pub fn verify(request: &HttpRequest) -> Result<(), HandshakeError> {
    ws::verify_handshake(request.head())
}

/// Answers a handshake, and names the chosen subprotocol if there is one. `session` makes what goes on over the socket.
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
    let mut answer = ws::handshake(request.head())?;
    if let Some(protocol) = protocol {
        answer.insert_header((header::SEC_WEBSOCKET_PROTOCOL, protocol));
    }
    let link = Rc::new(Link::new(limits, request.conn_data::<Bypass>().cloned()));
    let session = session(&link);
    let body = Body::new(payload, Decoder::new(limits.message), link, session);
    // A body of this kind is never refused.
    let answer = answer.message_body(BoxBody::new(body));
    Ok(answer.map_or_else(|_| HttpResponse::InternalServerError().finish(), HttpResponse::from))
}
