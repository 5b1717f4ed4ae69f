//! One socket that never reads, among many that do.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::measure::median;
use crate::report::{millis, progress, rate, save, say, table};
use crate::sockets::{Crowd, Ending, Entrance, Finish, Host, Stream};

/// `slow-reader`.
#[derive(Args)]
pub struct SlowReader {
    #[command(flatten)]
    entrance: Entrance,
    /// Sockets in the room that read.
    #[arg(long, default_value_t = 999)]
    sockets: usize,
    /// Events of the burst that fills the slow socket's connection, whose buffers hold some megabytes.
    #[arg(long, default_value_t = 3_000)]
    events: usize,
    /// Of the data of each of them, in bytes.
    #[arg(long, default_value_t = 2_000)]
    size: usize,
    /// Events a second of the paced stream.
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// How long the paced stream lasts.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How long the slow socket has to come to an end by itself.
    #[arg(long, default_value_t = 15)]
    patience: u64,
    /// How often it is measured without and with a slow socket.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// What the others felt, and what it cost. Latencies are in microseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    burst_per_second: f64,
    paced_p50: f64,
    paced_p99: f64,
    paced_max: f64,
    resident_kib: f64,
}

/// The same load without and with a slow socket.
#[derive(Serialize)]
struct Round {
    without: Part,
    with: Part,
    slow: Finish,
}

/// Data of the paced stream, in bytes.
const PACED_SIZE: usize = 200;

impl SlowReader {
    /// Measures each server without a slow socket and with one, in turn.
    pub async fn run(self) -> Result<()> {
        let hosts = self.entrance.open(1).await?;
        let (mut rows, mut results) = (Vec::new(), Vec::new());
        for host in &hosts {
            let mut rounds = Vec::new();
            let mut crowd = Crowd::open(host, self.sockets).await?;
            self.part(host, &mut crowd).await?;
            for round in 1..=self.rounds {
                progress(&format!("{}: {round}/{}", host.name(), self.rounds));
                rounds.push(self.round(host, &mut crowd).await?);
            }
            rows.push(row(
                host,
                "without",
                rounds.iter().map(|round| &round.without),
                String::new(),
            ));
            let endings: Vec<String> = rounds.iter().map(|round| describe(&round.slow)).collect();
            let with = rounds.iter().map(|round| &round.with);
            rows.push(row(host, "with a slow one", with, endings.join("; ")));
            results.push(json!({ "server": host.name(), "rounds": rounds }));
        }
        let head = [
            "",
            "burst delivered/s",
            "paced p50 ms",
            "paced p99 ms",
            "paced max ms",
            "RSS MB",
            "the slow one",
        ];
        say(&table(&head, &rows))?;
        let document = json!({
            "sockets": self.sockets, "events": self.events, "size": self.size, "rate": self.rate, "servers": results,
        });
        say(&format!("Written to {}.", save("slow-reader", document)?.display()))
    }

    async fn round(&self, host: &Host, crowd: &mut Crowd) -> Result<Round> {
        let without = self.part(host, crowd).await?;
        let mut slow = Crowd::open(host, 1).await?;
        let with = self.part(host, crowd).await?;
        crowd.rest(Duration::from_secs(self.patience)).await?;
        let slow = slow.finish().await?;
        Ok(Round { without, with, slow })
    }

    async fn part(&self, host: &Host, crowd: &mut Crowd) -> Result<Part> {
        let burst = Stream {
            events: self.events,
            size: self.size,
            pace: None,
        };
        let paced = Stream {
            events: (f64::from(self.rate) * self.seconds) as usize,
            size: PACED_SIZE,
            pace: Some(Duration::from_secs(1) / self.rate.max(1)),
        };
        let burst = crowd.hear(burst).await?;
        let resident_kib = host.resident_kib()?;
        let paced = crowd.hear(paced).await?;
        Ok(Part {
            burst_per_second: burst.per_second(),
            paced_p50: paced.latency.value_at_quantile(0.5) as f64,
            paced_p99: paced.latency.value_at_quantile(0.99) as f64,
            paced_max: paced.latency.max() as f64,
            resident_kib: resident_kib.max(host.resident_kib()?) as f64,
        })
    }
}

fn row<'a>(host: &Host, part: &str, rounds: impl Iterator<Item = &'a Part> + Clone, ending: String) -> Vec<String> {
    let of = |figure: fn(&Part) -> f64| median(rounds.clone().map(figure));
    vec![
        format!("{}, {part}", host.name()),
        rate(of(|part| part.burst_per_second)),
        millis(of(|part| part.paced_p50)),
        millis(of(|part| part.paced_p99)),
        millis(of(|part| part.paced_max)),
        format!("{:.0}", of(|part| part.resident_kib) / 1024.0),
        ending,
    ]
}

fn describe(finish: &Finish) -> String {
    let ending = match finish.ending {
        Some(Ending::Closed(code)) => format!("closed with {code}"),
        Some(Ending::Cut) => "cut off".to_owned(),
        None => "still open".to_owned(),
    };
    format!("{ending}, {} events, {} gaps", finish.events, finish.gaps)
}
