use actix_web::{Route, web};

use crate::error::{Advice, ApiError, METHOD_NOT_ALLOWED, NOT_FOUND};
use crate::reply::Answer;

/// A path that is not in the table.
pub(super) async fn not_found() -> Answer {
    Err(ApiError::new(&NOT_FOUND))
}

/// A path that is, with another method.
pub(super) fn method_not_allowed(methods: &'static [&'static str]) -> Route {
    web::to(move || async move { Answer::Err(ApiError::new(&METHOD_NOT_ALLOWED).advising(Advice::Methods(methods))) })
}
