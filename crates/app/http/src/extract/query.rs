use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::reading;
use crate::error::ApiError;

/// The query's parameters; one that `T` does not have is refused.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.query_string() {
            "" => Ok(Self(T::default())),
            query => reading::query(query).map(Self),
        })
    }
}
