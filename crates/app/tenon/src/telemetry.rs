//! Traces, in builds that can send them.

use tracing::Subscriber;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::configuration::Telemetry;

#[cfg(feature = "otlp")]
pub use tenon_otlp::{Traces, TracesError};

/// What this build never has: it sends no traces.
#[cfg(not(feature = "otlp"))]
#[derive(Debug)]
pub enum Traces {}

/// What cannot fail in this build.
#[cfg(not(feature = "otlp"))]
#[derive(Debug, thiserror::Error)]
pub enum TracesError {}

/// Starts what sends traces, if they are to be sent.
///
/// # Errors
///
/// As [`TracesError`] says.
#[cfg(feature = "otlp")]
pub fn start(telemetry: &Telemetry) -> Result<Option<Traces>, TracesError> {
    let config = |endpoint: &String| tenon_otlp::TracesConfig {
        endpoint: endpoint.clone(),
        service: telemetry.service.clone(),
        version: env!("CARGO_PKG_VERSION"),
        share: f64::from(telemetry.percent) / 100.0,
    };
    telemetry
        .endpoint
        .as_ref()
        .map(config)
        .as_ref()
        .map(Traces::start)
        .transpose()
}

/// Starts nothing: a configuration that asks for traces was refused.
#[cfg(not(feature = "otlp"))]
pub fn start(_: &Telemetry) -> Result<Option<Traces>, TracesError> {
    Ok(None)
}

/// Has this subscriber hear what is logged from now on, and makes traces of it, too.
///
/// # Errors
///
/// When there is a subscriber already.
pub fn init<S>(subscriber: S, traces: Option<&Traces>) -> Result<(), TryInitError>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync + 'static,
{
    match traces {
        #[cfg(feature = "otlp")]
        Some(traces) => {
            use tracing_subscriber::layer::SubscriberExt;
            subscriber.with(traces.requests()).try_init()
        }
        #[cfg(not(feature = "otlp"))]
        Some(traces) => match *traces {},
        None => subscriber.try_init(),
    }
}
