use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{ApiError, Refusal};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is sent as `User-Agent`; people see it in their list of sessions.
const AGENT: &str = concat!("tenon-client/", env!("CARGO_PKG_VERSION"));

/// Requests to one server.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    server: Url,
}

impl Http {
    pub fn new(server: Url) -> Result<Self, ApiError> {
        let client = Client::builder()
            .user_agent(AGENT)
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build();
        Ok(Self {
            client: client.map_err(ApiError::Unreachable)?,
            server,
        })
    }

    pub fn server(&self) -> &Url {
        &self.server
    }

    /// Sends a request and reads the answer. `path` begins with a slash.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<T, ApiError> {
        let unreadable = |error: url::ParseError| ApiError::Unreadable(error.to_string());
        let mut request = self.client.request(method, self.server.join(path).map_err(unreadable)?);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        answer(request).await
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ApiError> {
    let response = request.send().await.map_err(ApiError::Unreachable)?;
    let (status, wait) = (response.status(), wait(&response));
    let body = response.bytes().await.map_err(ApiError::Unreachable)?;
    if !status.is_success() {
        return Err(ApiError::Refused(Refusal::read(status.as_u16(), wait, &body)));
    }
    // An answer without a body is read as null.
    let body = if body.is_empty() { b"null".as_slice() } else { &body };
    serde_json::from_slice(body).map_err(|error| ApiError::Unreadable(error.to_string()))
}

fn wait(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    Some(Duration::from_secs(value.to_str().ok()?.parse().ok()?))
}
