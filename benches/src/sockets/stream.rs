use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;

use super::dialect::Dialect;

/// What the publisher hands over at once in a burst.
const CHUNK: usize = 16 * 1024;

/// How long a stream may take beyond its pace before it counts as lost.
pub const GRACE: Duration = Duration::from_secs(120);

/// Events to be published, one after the other.
#[derive(Clone, Copy)]
pub struct Stream {
    /// How many.
    pub events: usize,
    /// Of each event's data, in bytes.
    pub size: usize,
    /// The time between two; none for as fast as possible.
    pub pace: Option<Duration>,
}

impl Stream {
    /// How long it may take until it counts as lost.
    pub fn limit(&self) -> Result<Duration> {
        Ok(self.pace.unwrap_or_default() * u32::try_from(self.events)? + GRACE)
    }
}

/// The way of a publisher to the server.
pub trait Outlet {
    /// Writes a text behind those that go out with it.
    fn append(&self, text: &str, batch: &mut Vec<u8>);

    /// Sends what was written, and waits until it was taken.
    async fn send(&self, batch: &[u8]) -> Result<()>;
}

/// What all sockets heard of a stream, none of it missing and all of it in order.
pub struct Heard {
    /// From the first publication to the last delivery.
    pub elapsed: Duration,
    /// From a publication to each delivery, in microseconds.
    pub latency: Histogram<u64>,
}

impl Heard {
    /// Deliveries in a second.
    pub fn per_second(&self) -> f64 {
        self.latency.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// A stream under way.
pub struct Running {
    stream: Stream,
    begun: Instant,
    /// When each event was handed over.
    sent: RefCell<Vec<Instant>>,
    latency: RefCell<Histogram<u64>>,
    last: Cell<Instant>,
}

impl Running {
    pub fn new(stream: Stream) -> Result<Self> {
        let begun = Instant::now();
        Ok(Self {
            stream,
            begun,
            sent: RefCell::new(Vec::with_capacity(stream.events)),
            latency: RefCell::new(Histogram::new_with_bounds(1, 600_000_000, 3)?),
            last: Cell::new(begun),
        })
    }

    /// Notes a delivery.
    pub fn delivered(&self, number: usize, at: Instant) -> Result<()> {
        let sent = *self
            .sent
            .borrow()
            .get(number)
            .context("an event that was not published")?;
        let micros = u64::try_from(at.duration_since(sent).as_micros())?;
        self.latency.borrow_mut().saturating_record(micros);
        self.last.set(at);
        Ok(())
    }

    /// Publishes all of it.
    pub async fn publish(&self, dialect: Dialect, room: &str, outlet: &impl Outlet) -> Result<()> {
        let mut batch = Vec::new();
        for number in 0..self.stream.events {
            if let Some(pace) = self.stream.pace {
                let due = self.begun + pace * u32::try_from(number)?;
                tokio::time::sleep_until(due.into()).await;
            }
            outlet.append(&dialect.publish(room, number, self.stream.size), &mut batch);
            self.sent.borrow_mut().push(Instant::now());
            if self.stream.pace.is_some() || batch.len() >= CHUNK || number + 1 == self.stream.events {
                outlet.send(&batch).await?;
                batch.clear();
            }
        }
        Ok(())
    }

    /// All was heard by this many sockets.
    pub fn end(self, sockets: usize) -> Result<Heard> {
        let latency = self.latency.into_inner();
        let expected = (self.stream.events * sockets) as u64;
        ensure!(
            latency.len() == expected,
            "{} deliveries, not {expected}",
            latency.len()
        );
        Ok(Heard {
            elapsed: self.last.get().duration_since(self.begun),
            latency,
        })
    }
}
