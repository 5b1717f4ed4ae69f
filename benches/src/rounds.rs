//! What servers with sockets did in each of their turns, side by side.

use anyhow::Result;
use serde::Serialize;
use serde_json::{Value, json};

use crate::measure::{Meter, median};
use crate::report::{millis, rate, say, table};
use crate::sockets::Heard;

/// One turn of one server; latencies and CPU times in microseconds, CPU per delivery or round trip.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    per_second: f64,
    p50: f64,
    p99: f64,
    max: f64,
    server_cpu: f64,
    client_cpu: f64,
    others: f64,
    resident_kib: f64,
}

impl Round {
    /// What was heard while the meter ran, from servers that have so much memory now.
    pub fn new(heard: &Heard, meter: Meter, resident_kib: u64) -> Result<Self> {
        let cost = meter.stop(heard.latency.len(), heard.elapsed)?;
        Ok(Self {
            per_second: heard.per_second(),
            p50: heard.latency.value_at_quantile(0.5) as f64,
            p99: heard.latency.value_at_quantile(0.99) as f64,
            max: heard.latency.max() as f64,
            server_cpu: cost.server,
            client_cpu: cost.client,
            others: cost.others,
            resident_kib: resident_kib as f64,
        })
    }
}

/// A table of medians, and how each server compares with those behind it.
pub fn report(name: &str, unit: &str, names: &[&str], rounds: &[Vec<Round>]) -> Result<Value> {
    let head = [
        name,
        unit,
        "p50 ms",
        "p99 ms",
        "max ms",
        "server CPU us",
        "client CPU us",
        "others' CPU %",
        "RSS MB",
    ];
    let turns = || names.iter().zip(rounds);
    let rows: Vec<_> = turns().map(|(name, rounds)| row(name, rounds)).collect();
    say(&table(&head, &rows))?;
    let mut rest = turns();
    while let Some((name, rounds)) = rest.next() {
        for (other, others) in rest.clone() {
            let ratio = |figure: fn(&Round) -> f64| of(rounds, figure) / of(others, figure);
            say(&format!(
                "{name} to {other}: {unit} {:.2}, p99 {:.2}.",
                ratio(|round| round.per_second),
                ratio(|round| round.p99),
            ))?;
        }
    }
    say("")?;
    let servers: Vec<_> = turns()
        .map(|(name, rounds)| json!({ "server": name, "rounds": rounds }))
        .collect();
    Ok(json!({ "mode": name, "servers": servers }))
}

fn row(name: &str, rounds: &[Round]) -> Vec<String> {
    vec![
        name.to_owned(),
        rate(of(rounds, |round| round.per_second)),
        millis(of(rounds, |round| round.p50)),
        millis(of(rounds, |round| round.p99)),
        millis(of(rounds, |round| round.max)),
        format!("{:.2}", of(rounds, |round| round.server_cpu)),
        format!("{:.2}", of(rounds, |round| round.client_cpu)),
        format!("{:.0}", of(rounds, |round| round.others) * 100.0),
        format!("{:.0}", of(rounds, |round| round.resident_kib) / 1024.0),
    ]
}

fn of(rounds: &[Round], figure: fn(&Round) -> f64) -> f64 {
    median(rounds.iter().map(figure))
}
