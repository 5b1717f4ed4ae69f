//! Events to everybody in a room: how many deliveries a second in a burst, and how late they are at a pace.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use crate::measure::{Meter, median};
use crate::report::{millis, progress, rate, save, say, table};
use crate::sockets::{Crowd, Host, Hosting, Stream};

/// `fanout`.
#[derive(Args)]
pub struct Fanout {
    #[command(flatten)]
    hosting: Hosting,
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

/// One stream to one server; latencies and CPU times in microseconds, CPU per delivery.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Round {
    per_second: f64,
    p50: f64,
    p99: f64,
    max: f64,
    server_cpu: f64,
    client_cpu: f64,
    others: f64,
    resident_kib: f64,
}

/// One kind of stream.
struct Mode {
    name: String,
    stream: Stream,
}

impl Fanout {
    /// Has the servers take turns with each kind of stream, and reports medians.
    pub async fn run(self) -> Result<()> {
        let hosts = self.hosting.open(1).await?;
        let mut results = Vec::new();
        for mode in self.modes() {
            let mut rounds: Vec<Vec<Round>> = hosts.iter().map(|_| Vec::new()).collect();
            for round in 1..=self.rounds {
                for (host, rounds) in hosts.iter().zip(&mut rounds) {
                    rounds.push(self.round(host, mode.stream).await?);
                    progress(&format!("{}: {} {round}/{}", mode.name, host.kind.name(), self.rounds));
                }
            }
            results.push(report(&mode, &hosts, &rounds)?);
        }
        let document = json!({ "sockets": self.sockets, "size": self.size, "modes": results });
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
        let cost = meter.stop(heard.latency.len(), heard.elapsed)?;
        Ok(Round {
            per_second: heard.per_second(),
            p50: heard.latency.value_at_quantile(0.5) as f64,
            p99: heard.latency.value_at_quantile(0.99) as f64,
            max: heard.latency.max() as f64,
            server_cpu: cost.server,
            client_cpu: cost.client,
            others: cost.others,
            resident_kib: host.resident_kib()? as f64,
        })
    }
}

fn report(mode: &Mode, hosts: &[Host], rounds: &[Vec<Round>]) -> Result<Value> {
    let head = [
        mode.name.as_str(),
        "delivered/s",
        "p50 ms",
        "p99 ms",
        "max ms",
        "server CPU us",
        "client CPU us",
        "others' CPU %",
        "RSS MB",
    ];
    let mut rows = Vec::new();
    let mut results = Vec::new();
    for (host, rounds) in hosts.iter().zip(rounds) {
        let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
        rows.push(vec![
            host.kind.name().to_owned(),
            rate(of(|round| round.per_second)),
            millis(of(|round| round.p50)),
            millis(of(|round| round.p99)),
            millis(of(|round| round.max)),
            format!("{:.2}", of(|round| round.server_cpu)),
            format!("{:.2}", of(|round| round.client_cpu)),
            format!("{:.0}", of(|round| round.others) * 100.0),
            format!("{:.0}", of(|round| round.resident_kib) / 1024.0),
        ]);
        results.push(json!({ "server": host.kind.name(), "rounds": rounds }));
    }
    say(&table(&head, &rows))?;
    if let [first, second] = rounds {
        let ratio = |figure: fn(&Round) -> f64| {
            let of = |rounds: &[Round]| median(rounds.iter().map(figure));
            of(first) / of(second)
        };
        say(&format!(
            "{} to {}: delivered/s {:.2}, p99 {:.2}.\n",
            hosts.first().map_or("", |host| host.kind.name()),
            hosts.last().map_or("", |host| host.kind.name()),
            ratio(|round| round.per_second),
            ratio(|round| round.p99),
        ))?;
    }
    Ok(json!({ "mode": mode.name, "events": mode.stream.events, "servers": results }))
}
