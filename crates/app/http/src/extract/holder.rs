use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use tenon_kernel::{Actor, KeyScope, Principal};

use super::caller::actor;
use crate::error::{ApiError, ORGANIZATION_REQUIRED, SCOPE_MISSING};

/// A user in an organization, or whoever holds one of its API keys with the scope that `S` stands for. The operator is refused.
pub(crate) struct Holder<S>(pub Principal, PhantomData<S>);

/// A scope as a type, so that a handler says which one it needs by what it takes.
pub(crate) trait Needed {
    const SCOPE: KeyScope;
}

macro_rules! scopes {
    ($($name:ident),*) => {$(
        #[derive(Debug)]
        pub(crate) enum $name {}

        impl Needed for $name {
            const SCOPE: KeyScope = KeyScope::$name;
        }
    )*};
}

scopes!(ReadAssets, WriteAssets, PublishEvents, ReadRooms, ReadPlaces);

impl<S: Needed> Holder<S> {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let principal = match actor(request)? {
            Actor::Member(member) => member.principal(),
            Actor::ApiKey(holder) if holder.scopes.has(S::SCOPE) => holder.principal(),
            Actor::ApiKey(_) => {
                let detail = format!("It takes an API key with the scope {}.", S::SCOPE);
                return Err(ApiError::new(&SCOPE_MISSING).detail(detail));
            }
            Actor::Operator { .. } => return Err(ApiError::new(&ORGANIZATION_REQUIRED)),
        };
        Ok(Self(principal, PhantomData))
    }
}

impl<S: Needed> FromRequest for Holder<S> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}
