use tenon_accounts::ApiKeyError;

use super::*;

impl From<ApiKeyError> for ApiError {
    fn from(error: ApiKeyError) -> Self {
        match error {
            ApiKeyError::Denied(denied) => denied.into(),
            ApiKeyError::NotFound => Self::new(&API_KEY_NOT_FOUND),
            ApiKeyError::Past => Self::field("expiresAt", Invalid::new("in_the_past", "Must lie ahead.")),
            ApiKeyError::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            ApiKeyError::Unavailable(error) => error.into(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Token(error) => error.into(),
            Refusal::UnknownKey => Self::new(&TOKEN_INVALID).detail("The API key is unknown, or was revoked."),
            Refusal::ExpiredKey => Self::new(&TOKEN_INVALID).detail("The API key has expired: make another one."),
            Refusal::Unavailable => Self::new(&UNAVAILABLE),
        }
    }
}
