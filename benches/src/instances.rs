//! Events to a room whose sockets are spread over two instances that share a Redis, beside one instance alone.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use xtask::servers::Redis;

use crate::measure::{Meter, Watched};
use crate::postgres::Postgres;
use crate::report::{progress, save, say};
use crate::rounds::{Round, report};
use crate::sockets::{Crowd, Dialect, Host, Hosting, Stream};

/// `instances`.
#[derive(Args)]
pub struct Instances {
    #[command(flatten)]
    hosting: Hosting,
    /// Sockets in the room, spread over the instances.
    #[arg(long, default_value_t = 1_000)]
    sockets: usize,
    /// Events of a burst.
    #[arg(long, default_value_t = 2_000)]
    events: usize,
    /// Of an event's data, in bytes.
    #[arg(long, default_value_t = 200)]
    size: usize,
    /// Events a second of the paced stream.
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// How long the paced stream lasts.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How often each has its turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// Instances that serve one room, and Redis if they share one.
struct Setup {
    name: &'static str,
    hosts: Vec<Host>,
    redis: Option<Redis>,
}

/// Secrets that instances share; nothing that they protect outlives the run.
const SECRETS: [(&str, &str); 2] = [
    (
        "JWT_SECRET",
        "8f2d6c1b4a3e5970d8c7b6a594837261504f3e2d1c0b9a8f7e6d5c4b3a291807",
    ),
    (
        "ENCRYPTION_KEY",
        "1c0b9a8f7e6d5c4b3a2918078f2d6c1b4a3e5970d8c7b6a594837261504f3e2d",
    ),
];

impl Instances {
    /// Has the setups take turns, and reports medians.
    pub async fn run(self) -> Result<()> {
        let mut postgres = Postgres::open()?;
        let alone = Setup {
            name: "one, in process",
            hosts: self.hosting.open(1, &[Dialect::Tenon]).await?,
            redis: None,
        };
        let setups = [
            alone,
            self.shared("one over Redis", 1, &mut postgres).await?,
            self.shared("two over Redis", 2, &mut postgres).await?,
        ];
        let names: Vec<_> = setups.iter().map(|setup| setup.name).collect();
        let mut results = Vec::new();
        for (name, stream) in self.modes() {
            let mut rounds: Vec<Vec<Round>> = setups.iter().map(|_| Vec::new()).collect();
            for round in 1..=self.rounds {
                for (setup, rounds) in setups.iter().zip(&mut rounds) {
                    rounds.push(self.round(setup, stream).await.context(setup.name)?);
                    progress(&format!("{name}: {} {round}/{}", setup.name, self.rounds));
                }
            }
            results.push(report(&name, "delivered/s", &names, &rounds)?);
        }
        let document = json!({ "sockets": self.sockets, "size": self.size, "modes": results });
        say(&format!("Written to {}.", save("instances", document)?.display()))
    }

    /// So many instances on one database and one Redis, all of them on the servers' core.
    async fn shared(&self, name: &'static str, count: usize, postgres: &mut Postgres) -> Result<Setup> {
        let redis = Redis::start()?;
        self.hosting.keep_with_servers(redis.pid().context("no Redis")?)?;
        let (database, cache) = (postgres.create_database("instances")?, redis.url());
        let shared = [("DATABASE_URL", database.as_str()), ("REDIS_URL", cache.as_str())];
        let environment = [SECRETS, shared].concat();
        let mut hosts = Vec::new();
        for number in 0..count {
            progress(&format!("starting {name}, instance {}", number + 1));
            let accounts = usize::from(number == 0);
            hosts.push(self.hosting.instance(&environment, accounts, 1).await?);
        }
        Ok(Setup {
            name,
            hosts,
            redis: Some(redis),
        })
    }

    fn modes(&self) -> Vec<(String, Stream)> {
        let stream = |events, pace| Stream {
            events,
            size: self.size,
            pace,
        };
        let burst = (format!("burst of {}", self.events), stream(self.events, None));
        let events = (f64::from(self.rate) * self.seconds) as usize;
        let pace = Duration::from_secs(1) / self.rate.max(1);
        let paced = (format!("{} events/s", self.rate), stream(events, Some(pace)));
        vec![burst, paced]
    }

    /// With sockets of its own, which a tenth of the stream goes to before it counts. Redis counts as a server.
    async fn round(&self, setup: &Setup, stream: Stream) -> Result<Round> {
        let each = self.sockets / setup.hosts.len();
        let mut crowds = Vec::new();
        for host in &setup.hosts {
            crowds.push(Crowd::open(host, each).await?);
        }
        let mut crowd = crowds.into_iter().reduce(Crowd::with).context("no instance")?;
        let events = stream.events.div_ceil(10);
        crowd.hear(Stream { events, ..stream }).await?;
        let redis = setup.redis.as_ref().and_then(Redis::pid);
        let watched = Watched {
            servers: setup.hosts.iter().map(Host::id).chain(redis).collect(),
            databases: Vec::new(),
        };
        let meter = Meter::start(&watched)?;
        let heard = crowd.hear(stream).await?;
        let resident = setup.hosts.iter().map(Host::resident_kib).sum::<Result<u64>>()?;
        Round::new(&heard, meter, resident)
    }
}
