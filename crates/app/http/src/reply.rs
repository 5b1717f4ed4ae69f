//! Answers: a status, a few headers, a JSON body.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenon_kernel::{Unavailable, Version};

use crate::error::ApiError;
use crate::etag;
use crate::extract::IfNoneMatch;

static IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What a route answers.
pub(crate) type Answer = Result<HttpResponse, ApiError>;

/// An answer that is written out.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    version: Option<Version>,
    location: Option<String>,
    body: Vec<u8>,
}

/// A reply as it is kept for repetitions of its request.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    status: u16,
    version: Option<i64>,
    location: Option<&'a str>,
    #[serde(borrow)]
    body: &'a RawValue,
}

impl Reply {
    /// `value` as JSON, which a `Vec` of `capacity` bytes should hold.
    pub fn sized(status: StatusCode, capacity: usize, value: &impl Serialize) -> Result<Self, Unavailable> {
        let mut body = Vec::with_capacity(capacity);
        serde_json::to_writer(&mut body, value).map_err(|error| Unavailable::new("serialization", error))?;
        Ok(Self {
            status,
            version: None,
            location: None,
            body,
        })
    }

    /// 200 with `value`.
    pub fn ok(value: &impl Serialize) -> Result<Self, Unavailable> {
        Self::sized(StatusCode::OK, 512, value)
    }

    /// 201 with `value`, which lies at `location` from now on.
    pub fn created(location: String, value: &impl Serialize) -> Result<Self, Unavailable> {
        let mut reply = Self::sized(StatusCode::CREATED, 512, value)?;
        reply.location = Some(location);
        Ok(reply)
    }

    /// Adds the entity tag of `version`.
    pub fn at(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// What to keep of it.
    pub fn keep(&self) -> Result<Vec<u8>, Unavailable> {
        let body = serde_json::from_slice(&self.body).map_err(|error| Unavailable::new("serialization", error))?;
        let kept = Kept {
            status: self.status.as_u16(),
            version: self.version.map(Version::get),
            location: self.location.as_deref(),
            body,
        };
        serde_json::to_vec(&kept).map_err(|error| Unavailable::new("serialization", error))
    }

    /// Reads what was kept.
    pub fn kept(bytes: &[u8]) -> Result<Self, ApiError> {
        let kept: Kept<'_> = serde_json::from_slice(bytes).map_err(ApiError::internal)?;
        Ok(Self {
            status: StatusCode::from_u16(kept.status).map_err(ApiError::internal)?,
            version: kept.version.map(Version::new),
            location: kept.location.map(str::to_owned),
            body: kept.body.get().as_bytes().to_vec(),
        })
    }

    /// The response.
    pub fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status).set_body(BoxBody::new(self.body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(version) = self.version {
            headers.insert(header::ETAG, etag::header(version));
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            headers.insert(header::LOCATION, location);
        }
        response
    }

    /// The response, marked as a repetition.
    pub fn replayed(self) -> HttpResponse {
        let mut response = self.into_response();
        response
            .headers_mut()
            .insert(IDEMPOTENT_REPLAYED.clone(), HeaderValue::from_static("true"));
        response
    }
}

/// A resource of this version as `value` shows it, or 304 when the client has it.
pub(crate) fn resource(known: &IfNoneMatch, version: Version, value: &impl Serialize) -> Answer {
    if known.has(version) {
        let mut response = HttpResponse::new(StatusCode::NOT_MODIFIED);
        response.headers_mut().insert(header::ETAG, etag::header(version));
        return Ok(response);
    }
    tagged(version, value)
}

/// A resource of this version as `value` shows it.
pub(crate) fn tagged(version: Version, value: &impl Serialize) -> Answer {
    Ok(Reply::ok(value)?.at(version).into_response())
}

/// 200 with `value`.
pub(crate) fn ok(value: &impl Serialize) -> Answer {
    Ok(Reply::ok(value)?.into_response())
}

/// 202 with `value`: what is asked for is done afterwards.
pub(crate) fn accepted(value: &impl Serialize) -> Answer {
    Ok(Reply::sized(StatusCode::ACCEPTED, 512, value)?.into_response())
}

/// 204.
pub(crate) fn no_content() -> Answer {
    Ok(HttpResponse::new(StatusCode::NO_CONTENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_kept_reply_reads_back_byte_for_byte() {
        let raw = RawValue::from_string(r#"{"a" : 1e400, "b":"ä"}"#.to_owned()).unwrap();
        let reply = Reply::created("/api/assets/1".to_owned(), &raw)
            .unwrap()
            .at(Version::FIRST);
        let response = Reply::kept(&reply.keep().unwrap()).unwrap().replayed();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers().get("etag").unwrap(), "\"v1\"");
        assert_eq!(response.headers().get("location").unwrap(), "/api/assets/1");
        assert_eq!(response.headers().get("idempotent-replayed").unwrap(), "true");
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
        assert_eq!(body, raw.get().as_bytes());
    }
}
