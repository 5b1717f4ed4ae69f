//! What an installation costs: the size of the binary, the time to the first answer, memory at rest and after load.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::api::Kind;
use crate::compare::{Operation, Work};
use crate::load::{Bound, Run};
use crate::measure::median;
use crate::processes::resident_kib;
use crate::report::{progress, save, say, table};
use crate::scene::{Contender, Database, Setting};
use crate::server::{Server, repository};

/// `footprint`.
#[derive(Args)]
pub struct Footprint {
    #[command(flatten)]
    setting: Setting,
    /// Tenon's binary as it is shipped; left out when it was not built.
    #[arg(long, default_value = "target/shipped/tenon")]
    shipped: PathBuf,
    /// How often each server is started on an empty database.
    #[arg(long, default_value_t = 7)]
    starts: usize,
    /// How long a server rests before its memory is read.
    #[arg(long, default_value_t = 3.0)]
    rest: f64,
    /// How long each kind of load lasts before the memory is read again.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Connections of the load.
    #[arg(long, default_value_t = 64)]
    connections: usize,
}

/// What one server costs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    server: String,
    /// Of the program; none where it is more than one file.
    binary_bytes: Option<u64>,
    /// From the start to the first healthy answer, migrations of an empty database included.
    start_millis: f64,
    idle_kib: u64,
    loaded_kib: u64,
}

/// What the load is made of.
const LOAD: [Operation; 3] = [Operation::Get, Operation::List, Operation::Create];

impl Footprint {
    /// Measures each server, all of them on SQLite.
    pub async fn run(self) -> Result<()> {
        ensure!(
            self.starts > 0 && self.setting.assets > 0,
            "at least one start and one asset"
        );
        let pocketbase = repository().join("target/peers/pocketbase/package/bin/pocketbase");
        let mut servers = vec![
            ("Tenon, release".to_owned(), Kind::Tenon, self.setting.tenon.clone()),
            (
                Kind::PocketbaseEqual.name().to_owned(),
                Kind::PocketbaseEqual,
                pocketbase,
            ),
        ];
        if self.shipped.exists() {
            servers.insert(0, ("Tenon, shipped".to_owned(), Kind::Tenon, self.shipped.clone()));
        }
        let mut costs = Vec::new();
        for (name, kind, binary) in servers {
            progress(&format!("measuring {name}"));
            costs.push(self.cost(name, kind, binary).await?);
        }
        self.report(&costs)
    }

    async fn cost(&self, name: String, kind: Kind, binary: PathBuf) -> Result<Cost> {
        let mut store = Database::Sqlite.open()?;
        let mut starts = Vec::new();
        for _ in 0..self.starts {
            let server = Server::start(kind, &binary, &mut store).await?;
            starts.push(server.start_time.as_secs_f64() * 1000.0);
        }
        let server = Server::start(kind, &binary, &mut store).await?;
        tokio::time::sleep(Duration::from_secs_f64(self.rest)).await;
        let idle_kib = resident_kib(server.id())?;
        drop(server);
        let setting = Setting {
            tenon: binary.clone(),
            ..self.setting
        };
        let contender = Contender::prepare(kind, &setting, &mut store).await?;
        for operation in LOAD {
            let session = contender.session().await?;
            let work = Work::of(operation, &contender, &session, self.setting.seed).await?;
            let bound = Bound::Time(Duration::from_secs_f64(self.seconds));
            work.connect(&contender, self.connections).await?.run(bound).await?;
        }
        Ok(Cost {
            server: name,
            binary_bytes: fs::metadata(&binary).ok().map(|file| file.len()),
            start_millis: median(starts),
            idle_kib,
            loaded_kib: resident_kib(contender.server.id()).context("the server ended")?,
        })
    }

    fn report(&self, costs: &[Cost]) -> Result<()> {
        let mebibytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1024.0 / 1024.0);
        let rows: Vec<_> = costs
            .iter()
            .map(|cost| {
                vec![
                    cost.server.clone(),
                    cost.binary_bytes.map(mebibytes).unwrap_or_default(),
                    format!("{:.0}", cost.start_millis),
                    mebibytes(cost.idle_kib * 1024),
                    mebibytes(cost.loaded_kib * 1024),
                ]
            })
            .collect();
        let head = ["", "binary MiB", "start to healthy ms", "idle MiB", "loaded MiB"];
        say(&table(&head, &rows))?;
        let document = json!({ "assets": self.setting.assets, "connections": self.connections, "servers": costs });
        say(&format!("Written to {}.", save("footprint", document)?.display()))
    }
}
