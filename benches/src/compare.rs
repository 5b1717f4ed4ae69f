//! Tenon beside its peers: the same operations in turn (A B B A), medians and ratios.

mod operation;
mod update;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;

use crate::api::Kind;
use crate::load::Bound;
use crate::measure::{Measurement, measured, medians};
use crate::processes::resident_kib;
use crate::report::{millis, progress, rate, save, say, table};
use crate::scene::{Contender, Database, Setting};
use crate::server::Store;
pub use operation::{Operation, Work};

/// `compare`.
#[derive(Args)]
pub struct Compare {
    /// The database under all servers.
    #[arg(default_value = "sqlite")]
    database: Database,
    /// The servers in turn; ratios are the first one's over the others'. By default Tenon and the database's peer.
    #[arg(long, value_delimiter = ',')]
    servers: Vec<Kind>,
    /// The operations in turn. A server that creates more has more to keep in order after: creations come late.
    #[arg(long, value_delimiter = ',', default_values = ["get", "list", "deep", "update", "mixed", "create", "login"])]
    operations: Vec<Operation>,
    /// How long each measurement lasts.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// How long each measurement is preceded by the same load, uncounted.
    #[arg(long, default_value_t = 1.0)]
    warm_up: f64,
    /// How many measurements of each operation and server; the table shows their medians.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Connections, each with one request under way.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    #[command(flatten)]
    setting: Setting,
}

struct Series {
    operation: Operation,
    server: usize,
    rounds: Vec<Measurement>,
}

impl Compare {
    /// Runs the comparison, prints the tables and writes the JSON.
    pub async fn run(mut self) -> Result<()> {
        if self.servers.is_empty() {
            self.servers = match self.database {
                Database::Sqlite => vec![Kind::Tenon, Kind::PocketbaseEqual, Kind::Pocketbase],
                Database::Postgres => vec![Kind::Tenon, Kind::Fastify],
            };
        }
        ensure!(
            self.rounds > 0 && self.setting.assets > 0,
            "at least one round and one asset"
        );
        let mut store = self.database.open()?;
        let mut contenders = Vec::new();
        for kind in &self.servers {
            let contender = Contender::prepare(*kind, &self.setting, &mut store).await?;
            if self.operations.contains(&Operation::Login) {
                operation::register(&contender).await.context("registering")?;
            }
            contenders.push(contender);
        }
        let mut series = Vec::new();
        for operation in &self.operations {
            store.settle()?;
            series.extend(self.operation(*operation, &contenders, &store).await?);
        }
        self.report(&contenders, &series)
    }

    async fn operation(&self, operation: Operation, contenders: &[Contender], store: &Store) -> Result<Vec<Series>> {
        let mut series: Vec<_> = (0..contenders.len())
            .map(|server| Series {
                operation,
                server,
                rounds: Vec::new(),
            })
            .collect();
        for round in 1..=self.rounds {
            let mut turns: Vec<_> = contenders.iter().zip(&mut series).collect();
            if round % 2 == 0 {
                turns.reverse();
            }
            for (contender, series) in turns {
                let name = contender.server.kind.name();
                let measured = self.once(operation, round, contender, store).await;
                let measured = measured.with_context(|| format!("{name}, {operation:?}, round {round}"))?;
                progress(&format!(
                    "{operation:?} {round}/{} {name}: {}/s",
                    self.rounds,
                    rate(measured.per_second)
                ));
                series.rounds.push(measured);
            }
        }
        Ok(series)
    }

    async fn once(&self, operation: Operation, round: usize, to: &Contender, store: &Store) -> Result<Measurement> {
        let session = to.session().await?;
        let seed = self.setting.seed + 1000 * round as u64;
        let work = Work::of(operation, to, &session, seed).await?;
        let mut ready = work.connect(to, self.connections).await?;
        let bound = Bound::Time(Duration::from_secs_f64(self.seconds));
        let warm_up = Duration::from_secs_f64(self.warm_up);
        measured(&mut ready, warm_up, bound, &to.watched(store)).await
    }

    fn report(&self, contenders: &[Contender], series: &[Series]) -> Result<()> {
        let mut rows = Vec::new();
        let mut results = Vec::new();
        for one in series {
            let name = contenders.get(one.server).context("no such server")?.server.kind.name();
            let of = medians(&one.rounds);
            let first = series
                .iter()
                .find(|other| other.operation == one.operation && other.server == 0);
            let ratio = medians(&first.context("no first server")?.rounds).per_second / of.per_second;
            let operation = one.operation.name();
            rows.push(row(&operation, name, &of, ratio));
            results.push(json!({
                "operation": operation, "server": name, "medians": of, "rounds": one.rounds, "ratio": ratio,
            }));
        }
        say(&table(&HEAD, &rows))?;
        let servers = self.servers(contenders)?;
        let plan = json!({
            "database": format!("{:?}", self.database), "connections": self.connections, "seconds": self.seconds,
            "warmUp": self.warm_up, "rounds": self.rounds, "assets": self.setting.assets, "seed": self.setting.seed,
        });
        let name = format!("compare-{:?}", self.database).to_lowercase();
        let path = save(
            &name,
            json!({ "plan": plan, "operations": results, "servers": servers }),
        )?;
        say(&format!("Written to {}.", path.display()))
    }

    fn servers(&self, contenders: &[Contender]) -> Result<serde_json::Value> {
        let mut rows = Vec::new();
        let mut results = Vec::new();
        for contender in contenders {
            let server = &contender.server;
            let (start, idle, loaded) = (
                server.start_time.as_millis() as u64,
                contender.idle_kib,
                resident_kib(server.id())?,
            );
            let mebibytes = |kib: u64| format!("{:.0}", kib as f64 / 1024.0);
            rows.push(vec![
                server.kind.name().into(),
                start.to_string(),
                mebibytes(idle),
                mebibytes(loaded),
            ]);
            results.push(json!({
                "server": server.kind.name(), "startMillis": start, "idleKib": idle, "loadedKib": loaded,
            }));
        }
        say(&table(
            &["server", "start to healthy ms", "idle MiB", "loaded MiB"],
            &rows,
        ))?;
        Ok(results.into())
    }
}

const HEAD: [&str; 11] = [
    "operation",
    "server",
    "req/s",
    "p50 ms",
    "p99 ms",
    "max ms",
    "server CPU us",
    "database CPU us",
    "client CPU us",
    "others' CPU %",
    "first / this",
];

fn row(operation: &str, server: &str, of: &Measurement, ratio: f64) -> Vec<String> {
    vec![
        operation.to_owned(),
        server.to_owned(),
        rate(of.per_second),
        millis(of.p50),
        millis(of.p99),
        millis(of.max),
        format!("{:.0}", of.server_cpu),
        format!("{:.0}", of.database_cpu),
        format!("{:.0}", of.client_cpu),
        format!("{:.0}", of.others * 100.0),
        format!("{ratio:.2}"),
    ]
}
