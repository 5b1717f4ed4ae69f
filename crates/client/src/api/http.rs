use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{ApiError, Refusal};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// No answer has more bytes than this.
const LONGEST: usize = 8 << 20;

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
    let body = body(response).await?;
    if !status.is_success() {
        return Err(ApiError::Refused(Refusal::read(status.as_u16(), wait, &body)));
    }
    // An answer without a body is read as null.
    let body = if body.is_empty() { b"null".as_slice() } else { &body };
    serde_json::from_slice(body).map_err(|error| ApiError::Unreadable(error.to_string()))
}

/// As it is after decompression, which can make much of little.
async fn body(mut response: Response) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ApiError::Unreachable)? {
        if body.len() + chunk.len() > LONGEST {
            return Err(ApiError::Unreadable("it has more than 8 MiB".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn wait(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    Some(Duration::from_secs(value.to_str().ok()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    /// The length of a text that a server answers with, which does not say how long it is.
    async fn read(length: usize) -> Result<usize, ApiError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let mut stream = BufReader::new(listener.accept().await.unwrap().0);
            let mut line = String::new();
            while stream.read_line(&mut line).await.is_ok_and(|length| length > 2) {
                line.clear();
            }
            let text = "a".repeat(length - 2);
            let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n\"{text}\"");
            // Nobody may want all of it.
            let _ = stream.write_all(answer.as_bytes()).await;
        });
        let http = Http::new(server.parse().unwrap()).unwrap();
        let text: String = http.call(Method::GET, "/", None, None::<&()>).await?;
        Ok(text.len() + 2)
    }

    #[tokio::test]
    async fn an_answer_is_read_up_to_its_limit_and_no_further() {
        assert_eq!(read(LONGEST).await.unwrap(), LONGEST);
        assert!(matches!(read(LONGEST + 1).await, Err(ApiError::Unreadable(_))));
    }
}
