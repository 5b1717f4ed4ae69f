use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use actix_web::{HttpMessage, HttpRequest};
use tenon_accounts::AuthenticationError;
use tenon_kernel::Actor;

use crate::metrics::Asked;

/// What was learned of a request before its route was called. It lies in the request's extensions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    /// Whom the bearer token speaks for; nothing when there is none.
    pub actor: Option<Result<Actor, Refusal>>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// What it is counted as.
    pub asked: Asked,
}

/// Why a bearer token speaks for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is an access token, or should be.
    Token(AuthenticationError),
    /// It is an API key's that is unknown or was revoked.
    UnknownKey,
    /// It is an API key's that has expired.
    ExpiredKey,
    /// It may be an API key's, but that cannot be found out; the log has the cause.
    Unavailable,
}

impl Context {
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get().copied().unwrap_or_default()
    }

    pub fn attach(self, request: &ServiceRequest) {
        request.extensions_mut().insert(self);
    }
}
