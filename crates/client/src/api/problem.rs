use std::time::Duration;

use serde::Deserialize;

/// Why a request has no answer of the kind that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The server could not be reached, or the connection ended before the answer. The request may have been followed.
    #[error("the server cannot be reached: {0}")]
    Unreachable(#[source] reqwest::Error),
    /// The server said no.
    #[error("{0}")]
    Refused(Refusal),
    /// The answer is not what this version of the client understands.
    #[error("the server's answer cannot be understood: {0}")]
    Unreadable(String),
    /// The session has ended: sign in again.
    #[error("the session has ended")]
    SignedOut,
    /// The person is no member of the organization any more that this is about.
    #[error("you are no member of the organization any more")]
    NotAMember,
    /// What must be kept before it is used could not be stored.
    #[error(transparent)]
    Store(#[from] crate::keystore::StoreError),
}

impl ApiError {
    /// The code of a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(&refusal.code),
            _ => None,
        }
    }

    /// How long the server asked to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// Whether the same request may be answered later: nobody was reached, or the server is busy, limits or fails.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused(refusal) => refusal.status == 429 || matches!(refusal.status, 500 | 502..=504),
            _ => false,
        }
    }
}

/// A refusal (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail} ({status} {code})")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// What kind of refusal it is, for programs.
    pub code: String,
    /// What is wrong, for people.
    pub detail: String,
    /// How long to wait before the next request.
    pub retry_after: Option<Duration>,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    field: String,
    code: String,
}

impl Refusal {
    /// Reads the body of a refusal, whatever it is.
    pub(super) fn read(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let problem: Option<Problem> = serde_json::from_slice(body).ok();
        let (code, mut detail, fields) = match problem {
            Some(problem) => (problem.code, problem.detail, problem.fields),
            None => (format!("status_{status}"), String::new(), Vec::new()),
        };
        for Field { field, code } in fields {
            detail = format!("{detail} {field}: {code}.");
        }
        Self {
            status,
            code,
            detail: detail.trim().to_owned(),
            retry_after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_with_the_fields_that_are_wrong() {
        let body = br#"{"type":"x","code":"invalid_body","detail":"Wrong.","fields":[{"field":"email","code":"taken","message":"m"}]}"#;
        let refusal = Refusal::read(422, None, body);
        assert_eq!((refusal.status, refusal.code.as_str()), (422, "invalid_body"));
        assert_eq!(refusal.detail, "Wrong. email: taken.");
        assert!(!ApiError::Refused(refusal).is_passing());
    }

    #[test]
    fn a_page_of_a_proxy_is_a_refusal_that_passes() {
        let refusal = Refusal::read(502, None, b"<html>");
        assert_eq!(refusal.code, "status_502");
        assert!(ApiError::Refused(refusal).is_passing());
    }
}
