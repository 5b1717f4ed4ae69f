//! Clients of Socket.IO that poll: events to a room of them, and events that are acknowledged.

mod crowd;
mod poller;

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::measure::Meter;
use crate::report::{progress, save, say};
use crate::rounds::{Round, report};
use crate::sockets::{Dialect, Host, Hosting, Stream};
use crowd::Crowd;

/// `polling`.
#[derive(Args)]
pub struct Polling {
    #[command(flatten)]
    hosting: Hosting,
    /// Clients in the room, each with a connection for GET and one for POST.
    #[arg(long, default_value_t = 200)]
    clients: usize,
    /// Events of a burst.
    #[arg(long, default_value_t = 2_000)]
    events: usize,
    /// Of an event's data, in bytes.
    #[arg(long, default_value_t = 200)]
    size: usize,
    /// Events a second of each paced stream.
    #[arg(long, value_delimiter = ',', default_value = "10,25")]
    rates: Vec<u32>,
    /// How long a paced stream lasts, and the round trips.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How often each server has its turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// What the clients do.
enum Mode {
    /// All hear what one publishes.
    Hear(Stream),
    /// Each has one event after the other acknowledged.
    Ask(Duration),
}

impl Polling {
    /// Has the servers take turns with each mode, and reports medians.
    pub async fn run(self) -> Result<()> {
        let known = [Dialect::TenonSocketio, Dialect::Socketio];
        let hosts = self.hosting.open(1, &known).await?;
        let names: Vec<_> = hosts.iter().map(Host::name).collect();
        let mut results = Vec::new();
        for (name, mode) in self.modes() {
            let mut rounds: Vec<Vec<Round>> = hosts.iter().map(|_| Vec::new()).collect();
            for round in 1..=self.rounds {
                for (host, rounds) in hosts.iter().zip(&mut rounds) {
                    rounds.push(self.round(host, &mode).await?);
                    progress(&format!("{name}: {} {round}/{}", host.name(), self.rounds));
                }
            }
            let unit = match mode {
                Mode::Hear(_) => "delivered/s",
                Mode::Ask(_) => "round trips/s",
            };
            results.push(report(&name, unit, &names, &rounds)?);
        }
        let document = json!({ "clients": self.clients, "size": self.size, "modes": results });
        say(&format!("Written to {}.", save("polling", document)?.display()))
    }

    fn modes(&self) -> Vec<(String, Mode)> {
        let stream = |events, pace| {
            let size = self.size;
            Mode::Hear(Stream { events, size, pace })
        };
        let mut modes = Vec::new();
        if self.events > 0 {
            modes.push((format!("burst of {}", self.events), stream(self.events, None)));
        }
        for rate in self.rates.iter().filter(|rate| **rate > 0) {
            let events = (f64::from(*rate) * self.seconds) as usize;
            let pace = Duration::from_secs(1) / *rate;
            modes.push((format!("{rate} events/s"), stream(events, Some(pace))));
        }
        let time = Duration::from_secs_f64(self.seconds);
        modes.push(("acknowledged".to_owned(), Mode::Ask(time)));
        modes
    }

    /// With clients of its own, who do a tenth of it before it counts.
    async fn round(&self, host: &Host, mode: &Mode) -> Result<Round> {
        let mut crowd = Crowd::open(host, self.clients).await?;
        match mode {
            Mode::Hear(stream) => {
                let events = stream.events.div_ceil(10);
                crowd.hear(Stream { events, ..*stream }).await?
            }
            Mode::Ask(time) => crowd.ask(*time / 10).await?,
        };
        let meter = Meter::start(&host.watched())?;
        let heard = match mode {
            Mode::Hear(stream) => crowd.hear(*stream).await?,
            Mode::Ask(time) => crowd.ask(*time).await?,
        };
        let round = Round::new(&heard, meter, host.resident_kib()?)?;
        crowd.close().await?;
        Ok(round)
    }
}
