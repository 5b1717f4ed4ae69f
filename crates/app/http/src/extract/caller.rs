use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use tenon_accounts::Device;
use tenon_kernel::{Actor, Member, SessionId};

use crate::error::{API_KEY_REFUSED, ApiError, OPERATOR_REQUIRED, ORGANIZATION_REQUIRED, TOKEN_MISSING};
use crate::middleware::Context;

/// Whoever holds a valid access token. An API key is none.
pub(crate) enum Caller {
    Member(Member),
    Operator(SessionId),
}

/// A user in an organization; the operator and API keys are refused.
pub(crate) struct User(pub Member);

/// Whoever holds the installation's operator password; everybody else is refused.
pub(crate) struct Operator;

/// Where a sign-in comes from.
pub(crate) struct Origin(pub Device);

/// Whom the request's token speaks for.
pub(super) fn actor(request: &HttpRequest) -> Result<Actor, ApiError> {
    let actor = Context::of(request).actor;
    Ok(actor.ok_or_else(|| ApiError::new(&TOKEN_MISSING))??)
}

impl Caller {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        match actor(request)? {
            Actor::Member(member) => Ok(Self::Member(member)),
            Actor::Operator { session } => Ok(Self::Operator(session)),
            Actor::ApiKey(_) => Err(ApiError::new(&API_KEY_REFUSED)),
        }
    }

    /// The same as an actor.
    pub fn actor(&self) -> Actor {
        match *self {
            Self::Member(member) => Actor::Member(member),
            Self::Operator(session) => Actor::Operator { session },
        }
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl FromRequest for User {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Caller::of(request).and_then(|caller| match caller {
            Caller::Member(member) => Ok(Self(member)),
            Caller::Operator(_) => Err(ApiError::new(&ORGANIZATION_REQUIRED)),
        }))
    }
}

impl FromRequest for Operator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Caller::of(request).and_then(|caller| match caller {
            Caller::Operator(_) => Ok(Self),
            Caller::Member(_) => Err(ApiError::new(&OPERATOR_REQUIRED)),
        }))
    }
}

impl FromRequest for Origin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = request
            .headers()
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok());
        ready(Ok(Self(Device::new(user_agent, Context::of(request).address))))
    }
}
