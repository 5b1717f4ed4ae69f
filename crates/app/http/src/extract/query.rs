use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use tenon_kernel::Invalid;

use crate::error::{ApiError, FieldError, INVALID_PARAMETER, UNKNOWN_PARAMETER};

/// The query's parameters; one that `T` does not have is refused.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.query_string() {
            "" => Ok(Self(T::default())),
            query => serde_html_form::from_str(query)
                .map(Self)
                .map_err(|error| refusal(&error.to_string())),
        })
    }
}

fn refusal(message: &str) -> ApiError {
    let name = message.split('`').nth(1).unwrap_or_default().to_owned();
    if message.starts_with("unknown field") {
        let detail = format!("There is no parameter `{name}`.");
        let invalid = Invalid::new("unknown_parameter", "Does not exist.");
        return ApiError::new(&UNKNOWN_PARAMETER)
            .detail(detail)
            .with_fields(vec![FieldError::new(name, invalid)]);
    }
    let invalid = match message.starts_with("duplicate field") {
        true => Invalid::new("duplicate", "Must be there once."),
        false => Invalid::new("invalid", format!("{message}.")),
    };
    ApiError::new(&INVALID_PARAMETER).with_fields(vec![FieldError::new(name, invalid)])
}
