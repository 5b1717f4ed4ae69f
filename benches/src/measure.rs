//! A measurement: a warm-up, a timed run, and whose CPU it cost.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::load::{Bound, Load, Run};
use crate::processes::{cores, cpu_of_machine, cpu_of_self, cpu_of_tree};

/// The processes whose CPU time is reported, each with its descendants.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// The server's.
    pub servers: Vec<u32>,
    /// The database server's; none when the database is embedded.
    pub databases: Vec<u32>,
}

struct Spent {
    server: Duration,
    database: Duration,
    client: Duration,
    machine: Duration,
}

impl Spent {
    fn now(watched: &Watched) -> Result<Self> {
        let sum = |roots: &[u32]| roots.iter().map(|root| cpu_of_tree(*root)).sum::<Result<Duration>>();
        Ok(Self {
            server: sum(&watched.servers)?,
            database: sum(&watched.databases)?,
            client: cpu_of_self()?,
            machine: cpu_of_machine()?,
        })
    }

    fn ours(&self) -> Duration {
        self.server + self.database + self.client
    }
}

/// Watches whose CPU something costs.
pub struct Meter {
    watched: Watched,
    before: Spent,
}

/// CPU time per item, in microseconds.
pub struct Cost {
    /// Of the server's process and its descendants.
    pub server: f64,
    /// Of the database server; zero when the database is embedded.
    pub database: f64,
    /// Of this client.
    pub client: f64,
    /// How much of the machine's CPU time went to other programs, from 0 to 1.
    pub others: f64,
}

impl Meter {
    /// Begins to watch.
    pub fn start(watched: &Watched) -> Result<Self> {
        Ok(Self {
            watched: watched.clone(),
            before: Spent::now(watched)?,
        })
    }

    /// What each of `count` items cost, which took `elapsed` together.
    pub fn stop(self, count: u64, elapsed: Duration) -> Result<Cost> {
        let (before, after) = (self.before, Spent::now(&self.watched)?);
        let others = after
            .machine
            .saturating_sub(before.machine)
            .saturating_sub(after.ours().saturating_sub(before.ours()));
        let each =
            |before: Duration, after: Duration| after.saturating_sub(before).as_secs_f64() * 1e6 / count.max(1) as f64;
        Ok(Cost {
            server: each(before.server, after.server),
            database: each(before.database, after.database),
            client: each(before.client, after.client),
            others: others.as_secs_f64() / (elapsed.as_secs_f64() * cores()? as f64),
        })
    }
}

/// What one run measured. Times are in microseconds; CPU times are per request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measurement {
    /// Answers in a second.
    pub per_second: f64,
    /// The median latency.
    pub p50: f64,
    /// The latency that 99 of 100 requests stayed within.
    pub p99: f64,
    /// The longest latency.
    pub max: f64,
    /// CPU of the server's process and its descendants.
    pub server_cpu: f64,
    /// CPU of the database server; zero when the database is embedded.
    pub database_cpu: f64,
    /// CPU of this client.
    pub client_cpu: f64,
    /// How much of the machine's CPU time went to other programs, from 0 to 1. A measurement with more than a few
    /// hundredths tells about them too.
    pub others: f64,
    /// How many answers had each status.
    pub statuses: BTreeMap<u16, u64>,
}

/// Runs the load, first for `warm_up` without counting it, then to the bound.
pub async fn measure(load: Load<'_>, warm_up: Duration, bound: Bound, watched: &Watched) -> Result<Measurement> {
    measured(&mut load.connect().await?, warm_up, bound, watched).await
}

/// The same of what is ready to run.
pub async fn measured(open: &mut impl Run, warm_up: Duration, bound: Bound, watched: &Watched) -> Result<Measurement> {
    if !warm_up.is_zero() {
        open.run(Bound::Time(warm_up)).await?;
    }
    let meter = Meter::start(watched)?;
    let tally = open.run(bound).await?;
    let cost = meter.stop(tally.latency.len(), tally.elapsed)?;
    Ok(Measurement {
        per_second: tally.per_second(),
        p50: tally.latency.value_at_quantile(0.5) as f64,
        p99: tally.latency.value_at_quantile(0.99) as f64,
        max: tally.latency.max() as f64,
        server_cpu: cost.server,
        database_cpu: cost.database,
        client_cpu: cost.client,
        others: cost.others,
        statuses: tally.statuses,
    })
}

/// The middle value, or the mean of the two in the middle; zero of none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let low = if values.len().is_multiple_of(2) {
        middle.saturating_sub(1)
    } else {
        middle
    };
    match (values.get(low), values.get(middle)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => 0.0,
    }
}

/// The median of every figure; the statuses are added up.
pub fn medians(rounds: &[Measurement]) -> Measurement {
    let of = |figure: fn(&Measurement) -> f64| median(rounds.iter().map(figure));
    let mut statuses = BTreeMap::new();
    for (status, count) in rounds.iter().flat_map(|round| &round.statuses) {
        *statuses.entry(*status).or_default() += count;
    }
    Measurement {
        per_second: of(|round| round.per_second),
        p50: of(|round| round.p50),
        p99: of(|round| round.p99),
        max: of(|round| round.max),
        server_cpu: of(|round| round.server_cpu),
        database_cpu: of(|round| round.database_cpu),
        client_cpu: of(|round| round.client_cpu),
        others: of(|round| round.others),
        statuses,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_is_the_mean_of_the_middle_two() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median([]), 0.0);
    }
}
