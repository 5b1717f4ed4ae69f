use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};

use super::reading;
use crate::api::{ApiSettings, Timeouts};
use crate::error::{
    ApiError, BODY_TOO_LARGE, INCOMPLETE_BODY, REQUEST_TIMEOUT, UNSUPPORTED_ENCODING, UNSUPPORTED_MEDIA_TYPE,
};
use crate::middleware::ask_again;

/// A body that takes longer may be completed after the right to send it was taken away.
const AT_ONCE: Duration = Duration::from_millis(50);

/// How much of a body is read, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyRules {
    /// Bytes.
    pub limit: usize,
    /// From the head to the last byte.
    pub within: Duration,
}

impl BodyRules {
    pub fn new(settings: &ApiSettings) -> Self {
        Self {
            limit: settings.body_limit,
            within: settings.timeouts.body,
        }
    }
}

impl Default for BodyRules {
    fn default() -> Self {
        Self {
            limit: ApiSettings::BODY_LIMIT,
            within: Timeouts::default().body,
        }
    }
}

/// A request's body, JSON or a form.
pub(crate) struct Body<T> {
    /// What it says.
    pub value: T,
    /// The bytes.
    pub raw: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Form,
}

impl<T: DeserializeOwned> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let rules = request.app_data::<BodyRules>().copied().unwrap_or_default();
        let format = check(request, &rules);
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let format = format?;
            let begin = Instant::now();
            let raw = match timeout(rules.within, collect(&mut payload, rules.limit)).await {
                Ok(read) => read?,
                Err(_) => return Err(ApiError::new(&REQUEST_TIMEOUT)),
            };
            if begin.elapsed() > AT_ONCE {
                ask_again(&request).await?;
            }
            let value = match format {
                Format::Json => reading::json(&raw)?,
                Format::Form => reading::form(&raw)?,
            };
            Ok(Self { value, raw })
        })
    }
}

/// What can be refused before the first byte is read.
pub(super) fn refuse_early(headers: &HeaderMap, rules: &BodyRules) -> Result<u64, ApiError> {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(ApiError::new(&UNSUPPORTED_ENCODING));
    }
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > rules.limit as u64) {
        return Err(too_large(rules.limit));
    }
    Ok(length.unwrap_or(0))
}

fn check(request: &HttpRequest, rules: &BodyRules) -> Result<Format, ApiError> {
    let headers = request.headers();
    let length = refuse_early(headers, rules)?;
    let empty = length == 0 && !headers.contains_key(header::TRANSFER_ENCODING);
    match format(request.method(), headers) {
        Some(format) => Ok(format),
        // Whoever sends nothing is told what to send rather than how to label it.
        None if empty && !headers.contains_key(header::CONTENT_TYPE) => Ok(Format::Json),
        None => Err(ApiError::new(&UNSUPPORTED_MEDIA_TYPE)),
    }
}

fn format(method: &Method, headers: &HeaderMap) -> Option<Format> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let is = |name: &str| essence.trim().eq_ignore_ascii_case(name);
    let utf8 = parameters.split(';').all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            matches!(
                charset.trim().trim_matches('"').to_ascii_lowercase().as_str(),
                "utf-8" | "utf8"
            )
        }
        Some(_) | None => true,
    });
    let format = if is("application/json") || (method == Method::PATCH && is("application/merge-patch+json")) {
        Format::Json
    } else if is("application/x-www-form-urlencoded") {
        Format::Form
    } else {
        return None;
    };
    utf8.then_some(format)
}

pub(super) async fn collect(payload: &mut Payload, limit: usize) -> Result<Bytes, ApiError> {
    let Some(first) = payload.next().await else {
        return Ok(Bytes::new());
    };
    let first = first.map_err(broken)?;
    let mut whole = BytesMut::new();
    let mut size = first.len();
    while let Some(next) = payload.next().await {
        let next = next.map_err(broken)?;
        if whole.is_empty() {
            whole.extend_from_slice(&first);
        }
        size = size.saturating_add(next.len());
        if size > limit {
            return Err(too_large(limit));
        }
        whole.extend_from_slice(&next);
    }
    match size {
        size if size > limit => Err(too_large(limit)),
        _ if whole.is_empty() => Ok(first),
        _ => Ok(whole.freeze()),
    }
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(&BODY_TOO_LARGE).detail(format!("A body may have at most {limit} bytes."))
}

fn broken(error: PayloadError) -> ApiError {
    ApiError::new(&INCOMPLETE_BODY).because(error.to_string())
}
