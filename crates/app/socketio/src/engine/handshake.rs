use std::net::SocketAddr;

use actix_web::HttpRequest;
use actix_web::http::header;

/// What the request had that opened a session.
#[derive(Clone)]
pub struct Handshake {
    /// The header `Authorization`.
    pub authorization: Option<Box<str>>,
    /// The query as it was sent.
    pub query: Box<str>,
    /// Where the connection came from.
    pub peer: Option<SocketAddr>,
}

impl Handshake {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let authorization = request.headers().get(header::AUTHORIZATION);
        Self {
            authorization: authorization.and_then(|value| value.to_str().ok()).map(Box::from),
            query: Box::from(request.query_string()),
            peer: request.peer_addr(),
        }
    }
}

/// The first value of a parameter of a query; what it holds is not decoded, since nothing of the protocol is encoded.
pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
