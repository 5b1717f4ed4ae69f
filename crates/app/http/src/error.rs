//! What can go wrong, with its code and its status. Status codes are here and nowhere else.

mod accounts;
mod api_keys;
mod assets;
mod audit;
mod graph;
mod jobs;
mod keys;
mod kinds;
mod messages;
#[cfg(test)]
mod remedies;
mod rooms;
mod tenancy;
mod vault;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use tenon_kernel::{Invalid, Standing, Unavailable, Version};

use crate::middleware::Refusal;

pub(crate) use kinds::*;
pub use kinds::{KINDS, Kind};

/// A failure as the client will see it: one [`Kind`], and what is particular about this time.
///
/// It becomes a problem document (RFC 9457) where the answer leaves the server, because the request's id and path are
/// known there.
#[derive(Debug)]
pub struct ApiError(Box<Failure>);

#[derive(Debug)]
struct Failure {
    kind: &'static Kind,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    advice: Advice,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// What a header of the answer tells the client to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    /// Nothing.
    None,
    /// `ETag`: the version that the resource has by now.
    Version(Version),
    /// `Retry-After`.
    Wait(Duration),
    /// `Retry-After`, and where the client stands.
    Limited(Standing),
    /// `Upgrade`: the protocol that the path speaks.
    Upgrade,
    /// `Allow`: the methods that the path has.
    Methods(&'static [&'static str]),
}

/// One invalid field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The path of the field: `title`, `value.currency`, `tags[3]`; empty for the whole document.
    pub field: Cow<'static, str>,
    /// Stable, in snake case.
    pub code: &'static str,
    /// One sentence that says what would be right.
    pub message: Cow<'static, str>,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<Cow<'static, str>>, invalid: Invalid) -> Self {
        Self {
            field: field.into(),
            code: invalid.code,
            message: invalid.message,
        }
    }
}

impl ApiError {
    /// A failure of this kind, with the detail that all of its kind have.
    pub fn new(kind: &'static Kind) -> Self {
        Self(Box::new(Failure {
            kind,
            detail: Cow::Borrowed(kind.detail),
            fields: Vec::new(),
            advice: Advice::None,
            cause: None,
        }))
    }

    /// Invalid fields of a body.
    pub(crate) fn invalid(fields: Vec<FieldError>) -> Self {
        Self::new(&VALIDATION_FAILED).with_fields(fields)
    }

    /// One invalid field of a body.
    pub(crate) fn field(field: &'static str, invalid: Invalid) -> Self {
        Self::invalid(vec![FieldError::new(field, invalid)])
    }

    /// The resource has another version by now.
    pub(crate) fn stale(current: Version) -> Self {
        Self::new(&VERSION_MISMATCH).advising(Advice::Version(current))
    }

    /// The same request may succeed after `wait`.
    pub(crate) fn retry(kind: &'static Kind, wait: Duration) -> Self {
        Self::new(kind).advising(Advice::Wait(wait))
    }

    /// The client asked too often.
    pub(crate) fn limited(standing: Standing) -> Self {
        Self::new(&RATE_LIMITED).advising(Advice::Limited(standing))
    }

    /// Something that should not happen.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(&INTERNAL).because(cause)
    }

    pub(crate) fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = detail.into();
        self
    }

    pub(crate) fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    pub(crate) fn advising(mut self, advice: Advice) -> Self {
        self.0.advice = advice;
        self
    }

    pub(crate) fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> &'static Kind {
        self.0.kind
    }

    /// The sentence about this very failure.
    pub fn describe(&self) -> &str {
        &self.0.detail
    }

    /// The invalid fields.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// What the server's operator should know and the client should not.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    pub(crate) fn advice(&self) -> Advice {
        self.0.advice
    }

    /// The current version, when that is what was wrong.
    pub(crate) fn current_version(&self) -> Option<Version> {
        match self.0.advice {
            Advice::Version(version) => Some(version),
            Advice::None | Advice::Wait(_) | Advice::Limited(_) | Advice::Upgrade | Advice::Methods(_) => None,
        }
    }

    /// Where the client stands, when it asked too often.
    pub(crate) fn standing(&self) -> Option<Standing> {
        match self.0.advice {
            Advice::Limited(standing) => Some(standing),
            Advice::None | Advice::Version(_) | Advice::Wait(_) | Advice::Upgrade | Advice::Methods(_) => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.kind.status()
    }

    /// Only the status: the problem document is written by `middleware::Edge`.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<Unavailable> for ApiError {
    fn from(error: Unavailable) -> Self {
        Self::new(&UNAVAILABLE).because(error)
    }
}
