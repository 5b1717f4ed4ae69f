use reqwest::StatusCode;
use tenon_graph::RemoteError;

use crate::web::{Answer, scrub};

/// What an answer without success means. `code` and `message` are what it says of itself, kept without `secrets`.
pub(crate) fn refusal(answer: &Answer, code: &str, message: &str, secrets: &[&str]) -> RemoteError {
    let status = answer.status();
    if let Some(patience) = answer.patience() {
        return RemoteError::Throttled(patience);
    }
    if !status.is_client_error() || status == StatusCode::REQUEST_TIMEOUT {
        return answer.unavailable().into();
    }
    let unnamed = code.trim().is_empty();
    RemoteError::Refused {
        status: status.as_u16(),
        code: scrub(if unnamed { "unnamed" } else { code }, secrets),
        message: scrub(message, secrets),
    }
}
