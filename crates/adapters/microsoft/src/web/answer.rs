use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use tenon_kernel::{Timestamp, Unavailable};
use zeroize::Zeroizing;

use super::{Peer, retry_after};

/// No answer that is read here comes near this.
const MOST: usize = 1024 * 1024;

/// The patience that a 429 asks for when it does not say.
const UNSAID: Duration = Duration::from_secs(10);

/// A whole answer.
pub(crate) struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Zeroizing<Vec<u8>>,
    peer: Peer,
}

impl Answer {
    pub(super) async fn read(mut response: Response, peer: Peer, now: Timestamp) -> Result<Self, Unavailable> {
        let status = response.status();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| retry_after::parse(text, now));
        let mut body = Zeroizing::new(Vec::new());
        while let Some(part) = response
            .chunk()
            .await
            .map_err(|error| Unavailable::new(peer.0, error.without_url()))?
        {
            if body.len().saturating_add(part.len()) > MOST {
                return Err(Unavailable::new(peer.0, "the answer has more than 1 MiB"));
            }
            body.extend_from_slice(&part);
        }
        Ok(Self {
            status,
            retry_after,
            body,
            peer,
        })
    }

    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// How long not to ask again: with 429 always, with 503 when it says so.
    pub(crate) fn patience(&self) -> Option<Duration> {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => Some(self.retry_after.unwrap_or(UNSAID)),
            StatusCode::SERVICE_UNAVAILABLE => self.retry_after,
            _ => None,
        }
    }

    /// The body, of the shape that a success has.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when it has another one. The cause names the shape, never the body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Unavailable> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let place = format!(
                "the answer is malformed at line {} column {}",
                error.line(),
                error.column()
            );
            Unavailable::new(self.peer.0, place)
        })
    }

    /// The body, if it has this shape.
    pub(crate) fn json_if<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// That it did not do what it was asked, and may later.
    pub(crate) fn unavailable(&self) -> Unavailable {
        Unavailable::new(self.peer.0, format!("it answered {}", self.status.as_u16()))
    }
}
