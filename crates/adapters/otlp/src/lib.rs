//! Traces of requests for whoever collects them: OTLP over HTTP with Protocol Buffers (OpenTelemetry Protocol 1).
//!
//! A request is the one span that Tenon has. It is made when the request is answered, of what its log says, so that a log and a trace tell
//! the same, and nothing reaches a collector that may not be in a log.

mod client;
mod record;
mod requests;

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};

use client::Client;
pub use requests::Requests;

/// How long the collector has for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the last traces have when the process ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// Where traces go, and which.
#[derive(Debug, Clone, PartialEq)]
pub struct TracesConfig {
    /// The whole address: `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: String,
    /// What the installation is called there.
    pub service: String,
    /// Of Tenon.
    pub version: &'static str,
    /// The share of requests that is traced, from 0 to 1, unless whoever asks has decided it (`traceparent`).
    pub share: f64,
}

/// Why no traces can be sent.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// The address is of no use.
    #[error("traces cannot be sent: {0}")]
    Exporter(#[from] ExporterBuildError),
    /// There is nothing to send with.
    #[error("traces cannot be sent: {0}")]
    Client(#[from] reqwest::Error),
    /// The system gives no thread.
    #[error("traces cannot be sent: {0}")]
    Io(#[from] std::io::Error),
}

/// Sends traces in the background, in batches, for as long as it lives. What cannot be sent is dropped: a collector that is away costs
/// requests nothing.
///
/// Dropping it sends what is left, for two seconds at most. MUST NOT be dropped by a task of a runtime.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts the thread that sends.
    ///
    /// # Errors
    ///
    /// As [`TracesError`] says. Whether there is a collector is not asked.
    pub fn start(config: &TracesConfig) -> Result<Self, TracesError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new(PATIENCE)?)
            .with_endpoint(config.endpoint.clone())
            .with_timeout(PATIENCE)
            .build()?;
        let resource = Resource::builder_empty().with_attributes([
            KeyValue::new("service.name", config.service.clone()),
            KeyValue::new("service.version", config.version),
            KeyValue::new("process.pid", i64::from(std::process::id())),
        ]);
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.share)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(resource.build())
            .build();
        Ok(Self { provider })
    }

    /// What makes traces of the requests that are logged.
    pub fn requests(&self) -> Requests {
        Requests::new(self.provider.tracer("tenon"))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // Whoever collects is away then, and nobody is left to be told.
        let _ = self.provider.shutdown_with_timeout(FAREWELL);
    }
}
