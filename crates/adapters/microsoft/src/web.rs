//! The one way out: a client that follows no redirect, waits no longer than it was told and reads no more than a mebibyte.

mod answer;
mod retry_after;
mod scrub;

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use tenon_kernel::{Clock, Unavailable};

pub(crate) use answer::Answer;
pub(crate) use scrub::scrub;

/// How long a connection and an answer may take, together.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// How often a call is made again in place when it is asked for a short patience.
const AGAIN: usize = 2;

/// The longest patience that is shown in place. What takes longer is the caller's to wait for.
const PATIENCE: Duration = Duration::from_secs(2);

/// The client cannot be made: TLS has no roots, or the system no resolver.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for Microsoft Graph cannot be made")]
pub struct StartError(#[from] reqwest::Error);

/// What a failed call was to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub &'static str);

pub(crate) fn client() -> Result<Client, StartError> {
    let client = Client::builder()
        .redirect(Policy::none())
        .connect_timeout(LIMIT)
        .timeout(LIMIT)
        .no_gzip()
        .user_agent(concat!("tenon/", env!("CARGO_PKG_VERSION")))
        .build()?;
    Ok(client)
}

/// Sends it, and again where the answer asks for a short patience.
///
/// # Errors
///
/// [`Unavailable`] without a whole answer in time.
pub(crate) async fn send(request: RequestBuilder, peer: Peer, clock: &dyn Clock) -> Result<Answer, Unavailable> {
    let mut left = AGAIN;
    loop {
        let attempt = request
            .try_clone()
            .ok_or_else(|| Unavailable::new(peer.0, "the request cannot be repeated"))?;
        let answer = once(attempt, peer, clock).await?;
        match answer.patience() {
            Some(patience) if patience <= PATIENCE && left > 0 => {
                left -= 1;
                tokio::time::sleep(patience).await;
            }
            _ => return Ok(answer),
        }
    }
}

pub(crate) async fn once(request: RequestBuilder, peer: Peer, clock: &dyn Clock) -> Result<Answer, Unavailable> {
    let response = request
        .send()
        .await
        .map_err(|error| Unavailable::new(peer.0, error.without_url()))?;
    Answer::read(response, peer, clock.now()).await
}
