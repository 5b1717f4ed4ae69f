use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::{Builder, Runtime};

use crate::TracesError;

/// Posts to the collector. It has a runtime of its own, because the exporter's thread has none.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    runtime: Runtime,
}

impl Client {
    /// Gives up after so long.
    pub fn new(patience: Duration) -> Result<Self, TracesError> {
        let http = reqwest::Client::builder()
            .timeout(patience)
            .redirect(reqwest::redirect::Policy::none());
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("otlp")
            .enable_all()
            .build()?;
        Ok(Self {
            http: http.build()?,
            runtime,
        })
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (http, request) = (self.http.clone(), reqwest::Request::try_from(request)?);
        let sending = self.runtime.spawn(async move {
            let response = http.execute(request).await?;
            let mut answer = Response::builder().status(response.status());
            if let Some(headers) = answer.headers_mut() {
                headers.clone_from(response.headers());
            }
            Ok::<_, reqwest::Error>((answer, response.bytes().await?))
        });
        let (answer, body) = sending.await??;
        Ok(answer.body(body)?)
    }
}
