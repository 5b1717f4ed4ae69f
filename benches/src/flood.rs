//! What a flood of logins does to everyone else: GETs and health checks beside clients that log in without end.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use futures_util::future::{try_join, try_join3};
use serde_json::json;
use tokio::task::spawn_blocking;

use crate::api::Kind;
use crate::load::{Accept, Bound, Load, Run, Tally};
use crate::measure::median;
use crate::report::{millis, progress, rate, save, say, table};
use crate::scene::{Contender, Database, Setting};
use crate::wire::Request;

/// How long the health probe rests between checks.
const PROBE_PAUSE: Duration = Duration::from_millis(20);

/// `flood`.
#[derive(Args)]
pub struct Flood {
    /// The database.
    #[arg(default_value = "sqlite")]
    database: Database,
    /// The server.
    #[arg(long, default_value = "tenon")]
    server: Kind,
    /// Connections that read assets.
    #[arg(long, default_value_t = 32)]
    readers: usize,
    /// Connections that log in.
    #[arg(long, default_value_t = 16)]
    logins: usize,
    /// How long each half of a round lasts.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// How many rounds, each one half without and one half with the flood.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    #[command(flatten)]
    setting: Setting,
}

/// One half of a round; latencies in microseconds.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Half {
    gets_per_second: f64,
    get_p50: f64,
    get_p99: f64,
    health_p99: f64,
    health_max: f64,
    logins_per_second: f64,
    refused_per_second: f64,
}

impl Flood {
    /// Runs the rounds and reports the medians of both halves.
    pub async fn run(self) -> Result<()> {
        let mut store = self.database.open()?;
        let contender = Contender::prepare(self.server, &self.setting, &mut store).await?;
        store.settle()?;
        let (mut without, mut with) = (Vec::new(), Vec::new());
        for round in 1..=self.rounds {
            without.push(self.half(&contender, 0).await?);
            with.push(self.half(&contender, self.logins).await?);
            progress(&format!("round {round}/{}", self.rounds));
        }
        self.report(&without, &with)
    }

    async fn half(&self, contender: &Contender, logins: usize) -> Result<Half> {
        let address = contender.server.address;
        let session = contender.session().await?;
        let reads = contender.reads(&session, self.setting.seed);
        let login = [contender.login()];
        let mut readers = Load::new(address, self.readers, &reads).connect().await?;
        let bound = Bound::Time(Duration::from_secs_f64(self.seconds));
        readers.run(Bound::Time(Duration::from_secs(1))).await?;
        let health = self.server.health();
        let checks = async { spawn_blocking(move || probe(address, health, bound)).await? };
        let (gets, checks, flood) = if logins == 0 {
            let (gets, checks) = try_join(readers.run(bound), checks).await?;
            (gets, checks, None)
        } else {
            // A full queue may refuse a login; that is an answer, and it is counted.
            let load = Load {
                accept: Accept::Any,
                ..Load::new(address, logins, &login)
            };
            let mut flood = load.connect().await?;
            let (gets, checks, flood) = try_join3(readers.run(bound), checks, flood.run(bound)).await?;
            (gets, checks, Some(flood))
        };
        Ok(Half::of(&gets, &checks, flood.as_ref()))
    }

    fn report(&self, without: &[Half], with: &[Half]) -> Result<()> {
        let row = |name: String, halves: &[Half]| {
            let of = |figure: fn(&Half) -> f64| median(halves.iter().map(figure));
            vec![
                name,
                rate(of(|half| half.gets_per_second)),
                millis(of(|half| half.get_p50)),
                millis(of(|half| half.get_p99)),
                millis(of(|half| half.health_p99)),
                millis(of(|half| half.health_max)),
                rate(of(|half| half.logins_per_second)),
                rate(of(|half| half.refused_per_second)),
            ]
        };
        let head = [
            "",
            "GET/s",
            "GET p50 ms",
            "GET p99 ms",
            "health p99 ms",
            "health max ms",
            "logins/s",
            "refused/s",
        ];
        let rows = [
            row("quiet".into(), without),
            row(format!("{} clients log in", self.logins), with),
        ];
        say(&table(&head, &rows))?;
        let gets = |halves: &[Half]| median(halves.iter().map(|half| half.gets_per_second));
        let kept = gets(with) / gets(without) * 100.0;
        say(&format!(
            "{} keeps {kept:.0} % of its GETs during the flood.",
            self.server.name()
        ))?;
        let results = json!({
            "server": self.server.name(), "database": format!("{:?}", self.database), "readers": self.readers,
            "logins": self.logins, "seconds": self.seconds, "without": without, "with": with, "keptPerCent": kept,
        });
        say(&format!("Written to {}.", save("flood", results)?.display()))
    }
}

/// Checks the health from a thread of its own: on the readers' an answer would wait for its turn behind theirs, which says nothing of
/// the server.
fn probe(address: SocketAddr, health: Request, bound: Bound) -> Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let health = [health];
        let load = Load {
            pause: PROBE_PAUSE,
            ..Load::new(address, 1, &health)
        };
        load.connect().await?.run(bound).await
    })
}

impl Half {
    fn of(gets: &Tally, checks: &Tally, flood: Option<&Tally>) -> Self {
        let answered = |wanted: bool| {
            flood.map_or(0.0, |flood| {
                let success = |status: &u16| (200..300).contains(status);
                let counts = flood.statuses.iter().filter(|(status, _)| success(status) == wanted);
                counts.map(|(_, count)| count).sum::<u64>() as f64 / flood.elapsed.as_secs_f64()
            })
        };
        Self {
            gets_per_second: gets.per_second(),
            get_p50: gets.latency.value_at_quantile(0.5) as f64,
            get_p99: gets.latency.value_at_quantile(0.99) as f64,
            health_p99: checks.latency.value_at_quantile(0.99) as f64,
            health_max: checks.latency.max() as f64,
            logins_per_second: answered(true),
            refused_per_second: answered(false),
        }
    }
}
