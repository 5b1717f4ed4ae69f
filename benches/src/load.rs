//! A closed loop over many connections on one thread: each sends its next request when the last one is answered.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::try_join_all;
use hdrhistogram::Histogram;

use crate::wire::{Connection, Request};

/// How long after its bound a run may still wait for answers before it counts as hung.
const GRACE: Duration = Duration::from_secs(30);

/// The most that a run bounded by a count may take.
const COUNT_TIMEOUT: Duration = Duration::from_secs(600);

/// When a run ends by itself.
#[derive(Clone, Copy)]
pub enum Bound {
    /// No request is begun after this time.
    Time(Duration),
    /// So many requests are sent.
    Count(usize),
}

impl Bound {
    /// Whether a run that began then, and has sent so many requests, sends another.
    pub fn goes_on(self, started: Instant, sent: usize) -> bool {
        match self {
            Self::Time(time) => started.elapsed() < time,
            Self::Count(count) => sent < count,
        }
    }

    /// How long a run may take before it counts as hung.
    pub fn limit(self) -> Duration {
        match self {
            Self::Time(time) => time + GRACE,
            Self::Count(_) => COUNT_TIMEOUT,
        }
    }
}

/// Which statuses a run goes on after.
#[derive(Clone, Copy, PartialEq)]
pub enum Accept {
    /// 2xx; anything else fails the run.
    Success,
    /// One status; anything else fails the run.
    Only(u16),
    /// Every status; they are counted apart.
    Any,
}

impl Accept {
    fn allows(self, status: u16) -> bool {
        match self {
            Self::Success => (200..300).contains(&status),
            Self::Only(expected) => status == expected,
            Self::Any => true,
        }
    }
}

/// What is done with every accepted body.
pub type Observe<'a> = &'a dyn Fn(&[u8]) -> Result<()>;

/// Requests and how to send them: in turn, and from the first again after the last.
#[derive(Clone, Copy)]
pub struct Load<'a> {
    /// The server.
    pub address: SocketAddr,
    /// How many connections; each has one request under way.
    pub connections: usize,
    /// What is sent. Must not be empty.
    pub requests: &'a [Request],
    /// Which statuses are no failure.
    pub accept: Accept,
    /// How long a connection rests between an answer and its next request.
    pub pause: Duration,
    /// What is done with every accepted body.
    pub observe: Option<Observe<'a>>,
}

impl<'a> Load<'a> {
    /// A load without pauses in which anything but 2xx fails.
    pub fn new(address: SocketAddr, connections: usize, requests: &'a [Request]) -> Self {
        Self {
            address,
            connections,
            requests,
            accept: Accept::Success,
            pause: Duration::ZERO,
            observe: None,
        }
    }

    /// Opens the connections.
    pub async fn connect(self) -> Result<Open<'a>> {
        ensure!(
            !self.requests.is_empty() && self.connections > 0,
            "a load needs requests and connections"
        );
        let connections = try_join_all((0..self.connections).map(|_| Connection::open(self.address))).await?;
        Ok(Open {
            load: self,
            connections,
            sent: Cell::new(0),
        })
    }
}

/// What a run saw.
pub struct Tally {
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// Of each request, in microseconds.
    pub latency: Histogram<u64>,
    /// How many answers had each status.
    pub statuses: BTreeMap<u16, u64>,
}

impl Tally {
    /// Nothing yet.
    pub fn new() -> Result<Self> {
        Ok(Self {
            elapsed: Duration::ZERO,
            latency: Histogram::new_with_bounds(1, 600_000_000, 3)?,
            statuses: BTreeMap::new(),
        })
    }

    /// Counts an answer.
    pub fn record(&mut self, status: u16, micros: u64) {
        self.latency.saturating_record(micros);
        *self.statuses.entry(status).or_default() += 1;
    }

    /// Answers in a second.
    pub fn per_second(&self) -> f64 {
        self.latency.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// Something that can be run for a while, again and again.
pub trait Run {
    /// Goes on until the bound is reached.
    async fn run(&mut self, bound: Bound) -> Result<Tally>;
}

/// A load with its connections open.
pub struct Open<'a> {
    load: Load<'a>,
    connections: Vec<Connection>,
    sent: Cell<usize>,
}

impl Run for Open<'_> {
    /// Sends until the bound is reached; a later run goes on with the request after the last one sent.
    ///
    /// # Errors
    /// At the first answer that is not accepted, with the beginning of its body.
    async fn run(&mut self, bound: Bound) -> Result<Tally> {
        let started = Instant::now();
        let tally = RefCell::new(Tally::new()?);
        let first = self.sent.get();
        let (load, sent) = (&self.load, &self.sent);
        let more = || bound.goes_on(started, sent.get() - first);
        let clients = self
            .connections
            .iter_mut()
            .map(|connection| client(load, connection, sent, &more, &tally));
        tokio::time::timeout(bound.limit(), try_join_all(clients))
            .await
            .context("the server stopped answering")??;
        let mut tally = tally.into_inner();
        tally.elapsed = started.elapsed();
        Ok(tally)
    }
}

async fn client(
    load: &Load<'_>,
    connection: &mut Connection,
    sent: &Cell<usize>,
    more: &impl Fn() -> bool,
    tally: &RefCell<Tally>,
) -> Result<()> {
    while more() {
        let index = sent.replace(sent.get() + 1) % load.requests.len();
        let request = load.requests.get(index).context("no such request")?;
        let begun = Instant::now();
        let response = connection.exchange(request).await?;
        let micros = u64::try_from(begun.elapsed().as_micros())?;
        let status = response.status;
        if !load.accept.allows(status) {
            let body = String::from_utf8_lossy(response.body);
            bail!("answered {status}: {}", body.chars().take(500).collect::<String>());
        }
        if let Some(observe) = load.observe {
            observe(response.body)?;
        }
        tally.borrow_mut().record(status, micros);
        if !load.pause.is_zero() {
            tokio::time::sleep(load.pause).await;
        }
    }
    Ok(())
}
