//! Logs: one line an event on standard output, written by a thread of their own.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::thread;
use std::time::Duration;

use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use crate::configuration::{Log, LogFormat, Telemetry};
use crate::telemetry::{self, Traces, TracesError};

/// What libraries say at these levels concerns who works on them, and what connections end by concerns their clients, who could fill a log
/// with errors. A directive of the operator's comes later and wins.
const NOISE: &str = "mio=warn,actix_server=warn,actix_http=warn,actix_http::h1::dispatcher=off,actix_web=warn";

/// How many lines may wait while nobody takes them; further ones are lost. Their places take 32 bytes each from the start, and by
/// default there are four times as many.
const LINES: usize = 32_768;

/// Keeps logs and traces flowing; dropping it writes and sends what is still queued.
#[must_use]
pub struct Logs {
    _guard: WorkerGuard,
    _traces: Option<Traces>,
}

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The filter is wrong.
    #[error("log.level: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// What was to be sent of it cannot be sent.
    #[error(transparent)]
    Traces(#[from] TracesError),
    /// Logging was started before.
    #[error(transparent)]
    Started(#[from] TryInitError),
}

impl Logs {
    /// Starts logging for the whole process, panics included, and sending traces of what is logged.
    ///
    /// # Errors
    ///
    /// As [`LoggingError`] says.
    pub fn start(log: &Log, telemetry: &Telemetry) -> Result<Self, LoggingError> {
        let traces = telemetry::start(telemetry)?;
        let sent = traces.as_ref();
        let (writer, guard) = NonBlockingBuilder::default()
            .buffered_lines_limit(LINES)
            .finish(Gathering(BufWriter::new(io::stdout())));
        let filter = EnvFilter::builder().parse(format!("{NOISE},{}", log.level))?;
        let terminal = io::stdout().is_terminal();
        match log.format {
            LogFormat::Pretty => pretty(writer, filter, terminal, sent)?,
            LogFormat::Auto if terminal => pretty(writer, filter, terminal, sent)?,
            LogFormat::Auto | LogFormat::Json => json(writer, filter, sent)?,
        }
        std::panic::set_hook(Box::new(|panic| {
            let location = panic.location().map(ToString::to_string);
            tracing::error!(
                location,
                "panicked: {}",
                panic.payload_as_str().unwrap_or("without a message")
            );
        }));
        Ok(Self {
            _guard: guard,
            _traces: traces,
        })
    }
}

/// How long lines wait for others to be written with.
const GATHER: Duration = Duration::from_millis(2);

/// Writes what has come since it last did. A write of its own for each line, and waking the thread for it, cost as much as to
/// make the line.
struct Gathering<W>(W);

impl<W: Write> Write for Gathering<W> {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.0.write(lines)
    }

    /// Called by the thread when no line is waiting.
    #[expect(
        clippy::disallowed_methods,
        reason = "the thread is the log's own, and waits for lines and not for an event"
    )]
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()?;
        thread::sleep(GATHER);
        Ok(())
    }
}

fn pretty(writer: NonBlocking, filter: EnvFilter, colours: bool, traces: Option<&Traces>) -> Result<(), TryInitError> {
    let lines = tracing_subscriber::fmt().with_env_filter(filter);
    telemetry::init(lines.with_writer(writer).with_ansi(colours).finish(), traces)
}

fn json(writer: NonBlocking, filter: EnvFilter, traces: Option<&Traces>) -> Result<(), TryInitError> {
    let lines = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false);
    telemetry::init(lines.with_env_filter(filter).with_writer(writer).finish(), traces)
}
