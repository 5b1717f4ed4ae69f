//! Problem documents (RFC 9457).

use std::error::Error;

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use serde::Serialize;
use tenon_kernel::{Standing, Timestamp};
use utoipa::ToSchema;

use crate::dto::Stamp;
use crate::error::{Advice, ApiError, TOKEN_INVALID};

const PROBLEMS: &str = "https://tenon.dev/problems/";

/// What a problem document says of the request that failed.
pub(crate) struct Failed<'a> {
    pub path: &'a str,
    pub request_id: &'a str,
    pub at: Timestamp,
    /// Whether the cause may be shown: in development.
    pub reveal: bool,
}

/// A failure (RFC 9457), with `error` for clients of older systems.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem<'a> {
    /// Names the kind of failure for good.
    #[schema(example = "https://tenon.dev/problems/asset-not-found")]
    r#type: String,
    #[schema(example = "Asset not found")]
    title: &'a str,
    #[schema(example = 404)]
    status: u16,
    /// What is particular about this failure.
    detail: &'a str,
    /// The path of the request.
    #[schema(example = "/api/assets/0198c0de-0000-7000-8000-000000000000")]
    instance: &'a str,
    /// Stable, in snake case.
    #[schema(example = "asset_not_found")]
    code: &'a str,
    /// The answer's `X-Request-Id`, which the server's log has too.
    request_id: &'a str,
    #[schema(value_type = String, format = DateTime)]
    timestamp: Stamp,
    /// Every invalid field of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    fields: Vec<Field<'a>>,
    error: Compatible<'a>,
    /// The chain of causes, in development.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    debug: Vec<String>,
}

/// One invalid field.
#[derive(Serialize, ToSchema)]
struct Field<'a> {
    #[schema(example = "value.currency")]
    field: &'a str,
    #[schema(example = "invalid_currency")]
    code: &'a str,
    message: &'a str,
}

/// The same for clients of older systems.
#[derive(Serialize, ToSchema)]
struct Compatible<'a> {
    message: &'a str,
    status: u16,
    #[schema(value_type = String, format = DateTime)]
    timestamp: Stamp,
}

impl<'a> Problem<'a> {
    /// What the failure is told as.
    pub fn of(error: &'a ApiError, failed: &Failed<'a>) -> Self {
        let kind = error.kind();
        let status = kind.status().as_u16();
        let timestamp = Stamp(failed.at);
        let fields = error.fields().iter();
        Self {
            r#type: format!("{PROBLEMS}{}", kind.code.replace('_', "-")),
            title: kind.title,
            status,
            detail: error.describe(),
            instance: failed.path,
            code: kind.code,
            request_id: failed.request_id,
            timestamp,
            fields: fields
                .map(|field| Field {
                    field: &field.field,
                    code: field.code,
                    message: &field.message,
                })
                .collect(),
            error: Compatible {
                message: kind.title,
                status,
                timestamp,
            },
            debug: if failed.reveal { causes(error) } else { Vec::new() },
        }
    }
}

/// The answer that tells of `error`.
pub(crate) fn render(error: &ApiError, failed: &Failed<'_>) -> HttpResponse<BoxBody> {
    let body = serde_json::to_vec(&Problem::of(error, failed)).unwrap_or_default();
    let mut response = HttpResponse::new(error.kind().status()).set_body(BoxBody::new(body));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    advise(error, headers);
    response
}

fn advise(error: &ApiError, headers: &mut HeaderMap) {
    match error.advice() {
        Advice::None => {}
        Advice::Version(version) => {
            headers.insert(header::ETAG, crate::etag::header(version));
        }
        Advice::Wait(wait) | Advice::Limited(Standing { retry_after: wait, .. }) => {
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX)),
            );
        }
        Advice::Upgrade => {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        Advice::Methods(methods) => {
            if let Ok(allow) = HeaderValue::try_from(methods.join(", ")) {
                headers.insert(header::ALLOW, allow);
            }
        }
    }
    if error.kind() == &TOKEN_INVALID {
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    } else if error.kind().status().as_u16() == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
}

/// What caused `error`, outermost first.
pub(crate) fn causes(error: &ApiError) -> Vec<String> {
    error.cause().map(|cause| chain(cause)).unwrap_or_default()
}

/// What an error says, and what each of its causes does.
pub(crate) fn chain(error: &dyn Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}
