//! Events to everybody in a room: how many deliveries a second in a burst, and how late they are at a pace.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::measure::Meter;
use crate::report::{progress, save, say};
use crate::rounds::{Round, report};
use crate::sockets::{Crowd, Entrance, Host, Stream};

/// `fanout`.
#[derive(Args)]
pub struct Fanout {
    #[command(flatten)]
    entrance: Entrance,
    /// Sockets in the room.
    #[arg(long, default_value_t = 1_000)]
    sockets: usize,
    /// Events of a burst.
    #[arg(long, default_value_t = 2_000)]
    events: usize,
    /// Of an event's data, in bytes.
    #[arg(long, default_value_t = 200)]
    size: usize,
    /// Events a second of each paced stream.
    #[arg(long, value_delimiter = ',', default_value = "50,100")]
    rates: Vec<u32>,
    /// How long a paced stream lasts.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How often each server has its turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// One kind of stream.
struct Mode {
    name: String,
    stream: Stream,
}

impl Fanout {
    /// Has the servers take turns with each kind of stream, and reports medians.
    pub async fn run(self) -> Result<()> {
        let hosts = self.entrance.open(1).await?;
        let names: Vec<_> = hosts.iter().map(Host::name).collect();
        let mut results = Vec::new();
        for mode in self.modes() {
            let mut rounds: Vec<Vec<Round>> = hosts.iter().map(|_| Vec::new()).collect();
            for round in 1..=self.rounds {
                for (host, rounds) in hosts.iter().zip(&mut rounds) {
                    rounds.push(self.round(host, mode.stream).await?);
                    progress(&format!("{}: {} {round}/{}", mode.name, host.name(), self.rounds));
                }
            }
            results.push(report(&mode.name, "delivered/s", &names, &rounds)?);
        }
        let document = json!({
            "sockets": self.sockets, "size": self.size, "upgrade": self.entrance.upgrades(), "modes": results,
        });
        say(&format!("Written to {}.", save("fanout", document)?.display()))
    }

    fn modes(&self) -> Vec<Mode> {
        let burst = Mode {
            name: format!("burst of {}", self.events),
            stream: Stream {
                events: self.events,
                size: self.size,
                pace: None,
            },
        };
        let paced = self.rates.iter().filter(|rate| **rate > 0).map(|rate| Mode {
            name: format!("{rate} events/s"),
            stream: Stream {
                events: (f64::from(*rate) * self.seconds) as usize,
                size: self.size,
                pace: Some(Duration::from_secs(1) / *rate),
            },
        });
        let burst = (self.events > 0).then_some(burst);
        burst.into_iter().chain(paced).collect()
    }

    /// With sockets of its own, which a tenth of the stream goes to before it counts.
    async fn round(&self, host: &Host, stream: Stream) -> Result<Round> {
        let mut crowd = Crowd::open(host, self.sockets).await?;
        let warm_up = Stream {
            events: stream.events.div_ceil(10),
            ..stream
        };
        crowd.hear(warm_up).await?;
        let meter = Meter::start(&host.watched())?;
        let heard = crowd.hear(stream).await?;
        Round::new(&heard, meter, host.resident_kib()?)
    }
}
