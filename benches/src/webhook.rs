//! What Microsoft Graph posts: how soon a post is answered while as many come as the server takes, and how long until all is settled.

mod batch;
mod scene;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use futures_util::future::try_join_all;
use serde::Serialize;
use serde_json::json;
use tokio::time::{sleep, sleep_until};

use crate::load::Tally;
use crate::measure::Meter;
use crate::processes::resident_kib;
use crate::report::{millis, progress, rate, save, say, table};
use crate::scene::Database;
use crate::wire::Connection;
use batch::Batch;
use scene::Scene;

/// Graph holds an answer for late after so many microseconds.
const LATE: u64 = 3_000_000;

const LOOK: Duration = Duration::from_millis(100);

/// `webhook`.
#[derive(Args)]
pub struct Webhook {
    /// The database.
    #[arg(default_value = "sqlite")]
    database: Database,
    /// Tenon's binary.
    #[arg(long, default_value = "target/release/tenon")]
    tenon: PathBuf,
    /// Connections, each with one post under way.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Items of a post; Graph sends up to 1,000.
    #[arg(long, default_value_t = 1000)]
    items: usize,
    /// How long to post.
    #[arg(long, default_value_t = 15.0)]
    seconds: f64,
    /// Posts a second of all connections together; as many as are answered without it.
    #[arg(long)]
    rate: Option<f64>,
    /// How long what was posted may take to be settled.
    #[arg(long, default_value_t = 120.0)]
    patience: f64,
}

/// What was measured. Latencies in microseconds, CPU times too, per post.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    posts_per_second: f64,
    statuses: BTreeMap<u16, u64>,
    p50: u64,
    p99: u64,
    max: u64,
    late: u64,
    backlog: u64,
    drained_seconds: f64,
    settled_per_second: f64,
    server_cpu: f64,
    database_cpu: f64,
    resident_kib: u64,
    others: f64,
}

impl Webhook {
    /// Posts, waits until all is settled, and reports both.
    pub async fn run(self) -> Result<()> {
        let mut store = self.database.open()?;
        let scene = Scene::open(&self.tenon, &mut store).await?;
        let batch = Batch::of(&scene.subscription, self.items);
        progress(&format!("posting {} KiB at a time", batch.len() / 1024));
        let begun = Instant::now();
        let meter = Meter::start(&scene.watched(&store))?;
        let tally = self.post(&scene, &batch).await?;
        let (backlog, resident) = (scene.backlog().await?, resident_kib(scene.server.id())?);
        let drained = self.drain(&scene).await?;
        let elapsed = begun.elapsed();
        let cost = meter.stop(tally.latency.len(), elapsed)?;
        let taken = tally.statuses.get(&202).copied().unwrap_or(0) * self.items as u64;
        let believed = scene.believed().await?;
        // What was refused may have been kept all the same.
        let most = tally.latency.len() * self.items as u64;
        ensure!(
            (taken..=most).contains(&believed),
            "{believed} items were believed of {taken} that were taken"
        );
        let at = |quantile| tally.latency.value_at_quantile(quantile);
        self.report(&Outcome {
            posts_per_second: tally.per_second(),
            p50: at(0.5),
            p99: at(0.99),
            max: tally.latency.max(),
            late: tally.latency.count_between(LATE, u64::MAX),
            statuses: tally.statuses,
            backlog,
            drained_seconds: drained.as_secs_f64(),
            settled_per_second: believed as f64 / elapsed.as_secs_f64(),
            server_cpu: cost.server,
            database_cpu: cost.database,
            resident_kib: resident,
            others: cost.others,
        })
    }

    async fn post(&self, scene: &Scene, batch: &Batch) -> Result<Tally> {
        let tally = RefCell::new(Tally::new()?);
        let (sent, begun) = (Cell::new(0), Instant::now());
        let posters = (0..self.connections).map(|_| self.poster(scene, batch.clone(), &sent, begun, &tally));
        try_join_all(posters).await?;
        let mut tally = tally.into_inner();
        tally.elapsed = begun.elapsed();
        Ok(tally)
    }

    async fn poster(
        &self,
        scene: &Scene,
        mut batch: Batch,
        sent: &Cell<u64>,
        begun: Instant,
        tally: &RefCell<Tally>,
    ) -> Result<()> {
        let mut connection = Connection::open(scene.server.address).await?;
        while begun.elapsed().as_secs_f64() < self.seconds {
            let number = sent.replace(sent.get() + 1);
            if let Some(rate) = self.rate {
                let due = Duration::from_secs_f64(number as f64 / rate);
                sleep_until((begun + due).into()).await;
            }
            let request = batch.numbered(number)?;
            let asked = Instant::now();
            let status = connection.exchange(request).await?.status;
            let micros = u64::try_from(asked.elapsed().as_micros())?;
            ensure!(status == 202 || status == 503, "answered {status}");
            tally.borrow_mut().record(status, micros);
        }
        Ok(())
    }

    /// Waits until nothing is left to be settled.
    async fn drain(&self, scene: &Scene) -> Result<Duration> {
        let begun = Instant::now();
        loop {
            let backlog = scene.backlog().await?;
            if backlog == 0 {
                return Ok(begun.elapsed());
            }
            ensure!(
                begun.elapsed().as_secs_f64() < self.patience,
                "{backlog} posts are not settled yet"
            );
            sleep(LOOK).await;
        }
    }

    fn report(&self, outcome: &Outcome) -> Result<()> {
        let head = [
            "posts/s",
            "items/s",
            "202",
            "503",
            "p50 ms",
            "p99 ms",
            "max ms",
            "over 3 s",
            "backlog",
            "drained s",
            "settled items/s",
            "server CPU us",
            "database CPU us",
            "memory MiB",
            "others' CPU %",
        ];
        let of = |status| outcome.statuses.get(&status).copied().unwrap_or(0).to_string();
        let row = vec![
            format!("{:.1}", outcome.posts_per_second),
            rate(outcome.posts_per_second * self.items as f64),
            of(202),
            of(503),
            millis(outcome.p50 as f64),
            millis(outcome.p99 as f64),
            millis(outcome.max as f64),
            outcome.late.to_string(),
            outcome.backlog.to_string(),
            format!("{:.1}", outcome.drained_seconds),
            rate(outcome.settled_per_second),
            rate(outcome.server_cpu),
            rate(outcome.database_cpu),
            (outcome.resident_kib / 1024).to_string(),
            format!("{:.0}", outcome.others * 100.0),
        ];
        say(&table(&head, &[row]))?;
        let document = json!({ "items": self.items, "connections": self.connections, "outcome": outcome });
        let path = save("webhook", document).context("saving")?;
        say(&format!("Written to {}.", path.display()))
    }
}
