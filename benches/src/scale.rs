//! Whether what one request costs grows with what is kept: the same requests beside ever more assets.

mod past;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use crate::api::{Kind, Place, Session, call, sign_in};
use crate::load::{Bound, Load};
use crate::measure::{Measurement, Watched, measure, medians};
use crate::report::{millis, progress, rate, save, say, table};
use crate::scene::{Database, EMAIL, PASSWORD, creations};
use crate::server::{Server, Store};
use crate::wire::Request;
use past::Past;

/// The page that is read deep in a listing, of twenty assets each; the middle one of a shorter listing.
const PAGE: usize = 10_000;

/// `scale`.
#[derive(Args)]
pub struct Scale {
    /// The database.
    #[arg(default_value = "sqlite")]
    database: Database,
    /// Tenon's binary.
    #[arg(long, default_value = "target/release/tenon")]
    tenon: PathBuf,
    /// Assets of the owner; a server for each of these numbers.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000,1000000")]
    assets: Vec<usize>,
    /// How long each measurement lasts.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// How often each server has its turn.
    #[arg(long, default_value_t = 2)]
    rounds: usize,
    /// Connections, each with one request under way.
    #[arg(long, default_value_t = 8)]
    connections: usize,
}

/// A server whose owner has so many assets.
struct Seeded {
    assets: usize,
    server: Server,
}

/// What is asked, by its name; those together are compared with one another and take turns. Creations come last, because pages show them.
const KINDS: [&[&str]; 2] = [&["page 1", "page 10,000", "get"], &["create"]];

impl Scale {
    /// Has the kinds of request and the sizes take turns, and reports medians.
    pub async fn run(self) -> Result<()> {
        let mut store = self.database.open()?;
        let mut sizes = Vec::new();
        for assets in &self.assets {
            progress(&format!("starting with {assets} assets"));
            sizes.push(Seeded::open(&self.tenon, &mut store, *assets).await?);
        }
        store.settle()?;
        let mut rows = Vec::new();
        let mut results = Vec::new();
        for kinds in KINDS {
            let pairs = || {
                kinds
                    .iter()
                    .flat_map(|kind| sizes.iter().map(move |size| (*kind, size)))
            };
            let mut rounds: Vec<Vec<Measurement>> = pairs().map(|_| Vec::new()).collect();
            for round in 1..=self.rounds {
                for ((kind, size), rounds) in pairs().zip(&mut rounds) {
                    let measured = self.once(kind, size, round, &store).await;
                    rounds.push(measured.with_context(|| format!("{kind} of {}", size.assets))?);
                    progress(&format!("{kind}: {} assets {round}/{}", size.assets, self.rounds));
                }
            }
            for ((kind, size), rounds) in pairs().zip(&rounds) {
                let of = medians(rounds);
                rows.push(row(kind, size, &of));
                results.push(json!({ "request": kind, "assets": size.assets, "medians": of }));
            }
        }
        say(&table(&HEAD, &rows))?;
        let document = json!({
            "database": format!("{:?}", self.database), "connections": self.connections, "sizes": results,
        });
        let name = format!("scale-{:?}", self.database).to_lowercase();
        say(&format!("Written to {}.", save(&name, document)?.display()))
    }

    async fn once(&self, kind: &str, size: &Seeded, round: usize, store: &Store) -> Result<Measurement> {
        let requests = size.requests(kind, round as u64).await?;
        let load = Load::new(size.server.address, self.connections, &requests);
        let watched = Watched {
            servers: vec![size.server.id()],
            databases: store.process_id().into_iter().collect(),
        };
        let bound = Bound::Time(Duration::from_secs_f64(self.seconds));
        measure(load, Duration::from_secs_f64(self.seconds / 4.0), bound, &watched).await
    }
}

impl Seeded {
    async fn open(tenon: &Path, store: &mut Store, assets: usize) -> Result<Self> {
        let server = Server::start(Kind::Tenon, tenon, store).await?;
        call(server.address, &Kind::Tenon.register(EMAIL, PASSWORD)).await?;
        let signed_in = call(server.address, &Kind::Tenon.login(EMAIL, PASSWORD)).await?;
        let id = |pointer: &str| signed_in.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let past = Past {
            organization: id("/organization/id").context("no organization")?,
            owner: id("/user/id").context("no user")?,
            assets,
        };
        past.put(&server)?;
        Ok(Self { assets, server })
    }

    async fn requests(&self, kind: &str, seed: u64) -> Result<Vec<Request>> {
        let address = self.server.address;
        let session = sign_in(Kind::Tenon, address, EMAIL, PASSWORD).await?;
        let list = |place: &Place| vec![Kind::Tenon.list(&session, 20, place)];
        Ok(match kind {
            "page 1" => list(&Place::Newest),
            "page 10,000" => {
                let before = ((PAGE - 1) * 20).min(self.assets / 2);
                list(&Kind::Tenon.behind(&session, address, before).await?)
            }
            "get" => self.reads(&session).await?,
            _ => creations(Kind::Tenon, &session, seed, 4096),
        })
    }

    /// Of the newest assets, a hundred of them.
    async fn reads(&self, session: &Session) -> Result<Vec<Request>> {
        let page = call(self.server.address, &Kind::Tenon.list(session, 100, &Place::Newest)).await?;
        let items = page.get("items").and_then(Value::as_array).context("no items")?;
        let ids = items.iter().filter_map(|item| item.get("id").and_then(Value::as_str));
        Ok(ids.map(|id| Kind::Tenon.get(session, id)).collect())
    }
}

const HEAD: [&str; 8] = [
    "request",
    "assets",
    "req/s",
    "p50 ms",
    "p99 ms",
    "server CPU us",
    "database CPU us",
    "others' CPU %",
];

fn row(kind: &str, size: &Seeded, of: &Measurement) -> Vec<String> {
    vec![
        kind.to_owned(),
        size.assets.to_string(),
        rate(of.per_second),
        millis(of.p50),
        millis(of.p99),
        format!("{:.1}", of.server_cpu),
        format!("{:.1}", of.database_cpu),
        format!("{:.0}", of.others * 100.0),
    ]
}
