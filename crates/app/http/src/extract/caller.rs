use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use tenon_accounts::Device;
use tenon_kernel::{Actor, Member};

use crate::error::{ApiError, OPERATOR_REQUIRED, ORGANIZATION_REQUIRED, TOKEN_MISSING};
use crate::middleware::Context;

/// Whoever holds a valid access token.
pub(crate) struct Caller(pub Actor);

/// A user in an organization; the operator is refused.
pub(crate) struct User(pub Member);

/// Whoever holds the installation's operator password; everybody else is refused.
pub(crate) struct Operator;

/// Where a sign-in comes from.
pub(crate) struct Origin(pub Device);

impl Caller {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let actor = Context::of(request)
            .actor
            .ok_or_else(|| ApiError::new(&TOKEN_MISSING))?;
        Ok(Self(actor?))
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
        ready(Caller::of(request).and_then(|caller| match caller.0 {
            Actor::Member(member) => Ok(Self(member)),
            Actor::Operator { .. } => Err(ApiError::new(&ORGANIZATION_REQUIRED)),
        }))
    }
}

impl FromRequest for Operator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Caller::of(request).and_then(|caller| match caller.0 {
            Actor::Operator { .. } => Ok(Self),
            Actor::Member(_) => Err(ApiError::new(&OPERATOR_REQUIRED)),
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
