//! Messages from one to another: sent, stored, delivered and acknowledged, beside a history and without one.

mod history;
mod line;
mod pair;
mod scene;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use hdrhistogram::Histogram;
use serde::Serialize;
use serde_json::{Value, json};

use crate::measure::{Meter, median};
use crate::report::{millis, progress, rate, save, say, table};
use crate::scene::Database;
pub use line::Line;
use pair::Traffic;
use scene::Scene;

/// `messages`.
#[derive(Args)]
pub struct Messages {
    /// The database.
    #[arg(default_value = "sqlite")]
    database: Database,
    /// Tenon's binary.
    #[arg(long, default_value = "target/release/tenon")]
    tenon: PathBuf,
    /// Senders, and as many recipients, all of them connected.
    #[arg(long, default_value_t = 32)]
    pairs: usize,
    /// What each sender sends in a closed loop: the next message when the last one is acknowledged.
    #[arg(long, default_value_t = 200)]
    messages: usize,
    /// Characters of a message's content, a multiple of 4.
    #[arg(long, default_value_t = 200)]
    size: usize,
    /// Messages a second of all senders together, in paced runs.
    #[arg(long, value_delimiter = ',', default_value = "200")]
    rates: Vec<u32>,
    /// How long a paced run lasts.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Messages that the pairs exchanged before; a server for each of these numbers.
    #[arg(long, value_delimiter = ',', default_value = "0,1000000")]
    history: Vec<u64>,
    /// How often each server has its turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// One run on one server; latencies and CPU times in microseconds, CPU per message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Round {
    per_second: f64,
    delivery_p50: f64,
    delivery_p99: f64,
    stored_p50: f64,
    stored_p99: f64,
    server_cpu: f64,
    database_cpu: f64,
    client_cpu: f64,
    others: f64,
}

/// One kind of run.
struct Mode {
    name: String,
    traffic: Traffic,
}

impl Messages {
    /// Has the servers take turns with each kind of run, and reports medians.
    pub async fn run(self) -> Result<()> {
        let mut store = self.database.open()?;
        let mut scenes = Vec::new();
        for history in &self.history {
            progress(&format!("starting with {history} messages"));
            let mut scene = Scene::open(&self.tenon, &mut store, self.pairs, *history).await?;
            scene.connect().await?;
            scene.exchange(self.closed(self.messages.max(100))).await?;
            scenes.push(scene);
        }
        store.settle()?;
        let mut results = Vec::new();
        for mode in self.modes() {
            let mut rounds: Vec<Vec<Round>> = scenes.iter().map(|_| Vec::new()).collect();
            for round in 1..=self.rounds {
                for (scene, rounds) in scenes.iter_mut().zip(&mut rounds) {
                    let warm_up = Traffic {
                        messages: mode.traffic.messages.div_ceil(10),
                        ..mode.traffic
                    };
                    scene.connect().await?;
                    scene.exchange(warm_up).await?;
                    let meter = Meter::start(&scene.watched(&store))?;
                    let done = scene.exchange(mode.traffic).await?;
                    let cost = meter.stop(done.delivery.len(), done.elapsed)?;
                    let at = |times: &Histogram<u64>, quantile| times.value_at_quantile(quantile) as f64;
                    rounds.push(Round {
                        per_second: done.delivery.len() as f64 / done.elapsed.as_secs_f64(),
                        delivery_p50: at(&done.delivery, 0.5),
                        delivery_p99: at(&done.delivery, 0.99),
                        stored_p50: at(&done.stored, 0.5),
                        stored_p99: at(&done.stored, 0.99),
                        server_cpu: cost.server,
                        database_cpu: cost.database,
                        client_cpu: cost.client,
                        others: cost.others,
                    });
                    progress(&format!(
                        "{}: {} before, {round}/{}",
                        mode.name, scene.history, self.rounds
                    ));
                }
            }
            results.push(report(&mode, &scenes, &rounds)?);
        }
        let document = json!({ "pairs": self.pairs, "size": self.size, "modes": results });
        say(&format!("Written to {}.", save("messages", document)?.display()))
    }

    fn modes(&self) -> Vec<Mode> {
        let closed = Mode {
            name: format!("{} pairs", self.pairs),
            traffic: self.closed(self.messages),
        };
        let paced = self.rates.iter().filter(|rate| **rate > 0).map(|rate| {
            let each = f64::from(*rate) / self.pairs as f64;
            Mode {
                name: format!("{rate} messages/s"),
                traffic: Traffic {
                    messages: (each * self.seconds).ceil() as usize,
                    size: self.size,
                    every: Some(Duration::from_secs_f64(1.0 / each)),
                },
            }
        });
        let closed = (self.messages > 0).then_some(closed);
        closed.into_iter().chain(paced).collect()
    }

    fn closed(&self, messages: usize) -> Traffic {
        Traffic {
            messages,
            size: self.size,
            every: None,
        }
    }
}

fn report(mode: &Mode, scenes: &[Scene], rounds: &[Vec<Round>]) -> Result<Value> {
    let head = [
        mode.name.as_str(),
        "acknowledged/s",
        "delivered p50 ms",
        "p99 ms",
        "stored p50 ms",
        "p99 ms",
        "server CPU us",
        "database CPU us",
        "client CPU us",
        "others' CPU %",
    ];
    let mut rows = Vec::new();
    let mut results = Vec::new();
    for (scene, rounds) in scenes.iter().zip(rounds) {
        let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
        rows.push(vec![
            format!("{} before", scene.history),
            rate(of(|round| round.per_second)),
            millis(of(|round| round.delivery_p50)),
            millis(of(|round| round.delivery_p99)),
            millis(of(|round| round.stored_p50)),
            millis(of(|round| round.stored_p99)),
            format!("{:.0}", of(|round| round.server_cpu)),
            format!("{:.0}", of(|round| round.database_cpu)),
            format!("{:.0}", of(|round| round.client_cpu)),
            format!("{:.0}", of(|round| round.others) * 100.0),
        ]);
        results.push(json!({ "history": scene.history, "rounds": rounds }));
    }
    say(&table(&head, &rows))?;
    Ok(json!({ "mode": mode.name, "servers": results }))
}
