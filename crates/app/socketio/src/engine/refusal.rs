use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;

/// Why a request is not served, as Engine.IO numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    UnknownTransport,
    UnknownSid,
    BadMethod,
    BadRequest,
    Forbidden,
    UnsupportedVersion,
    /// The instance takes no new sessions at the moment.
    Busy,
    TooLarge,
}

impl Refusal {
    pub fn response(self) -> HttpResponse {
        let (status, code, message) = match self {
            Self::UnknownTransport => (StatusCode::BAD_REQUEST, 0, "Transport unknown"),
            Self::UnknownSid => (StatusCode::BAD_REQUEST, 1, "Session ID unknown"),
            Self::BadMethod => (StatusCode::BAD_REQUEST, 2, "Bad handshake method"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, 3, "Bad request"),
            Self::Forbidden => (StatusCode::FORBIDDEN, 4, "Forbidden"),
            Self::UnsupportedVersion => (StatusCode::BAD_REQUEST, 5, "Unsupported protocol version"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, 3, "No new sessions at the moment"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 3, "The body is too large"),
        };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if self == Self::Busy {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.json(serde_json::json!({ "code": code, "message": message }))
    }
}

/// Refuses a request that the server does not want to serve, as from an origin that it does not know.
pub fn forbidden() -> HttpResponse {
    Refusal::Forbidden.response()
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn what_is_forbidden_is_error_4() {
        let response = forbidden();
        assert_eq!(response.status(), 403);
        let body = to_bytes(response.into_body()).await.unwrap();
        assert_eq!(body, r#"{"code":4,"message":"Forbidden"}"#);
    }
}
