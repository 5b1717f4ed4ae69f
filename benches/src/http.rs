//! The measuring client alone, against a server that is already running.

use std::fs;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use url::Url;
use xtask::random::Random;

use crate::generate::asset;
use crate::load::{Bound, Load};
use crate::measure::{Watched, measure};
use crate::report::{millis, rate, say, table};
use crate::wire::{Request, request};

/// `http`.
#[derive(Args)]
pub struct Http {
    /// The address, `http://` only. `{id}` in its path stands for a line of `--ids`.
    url: String,
    /// The method.
    #[arg(long, default_value = "GET")]
    method: String,
    /// A bearer token.
    #[arg(long)]
    token: Option<String>,
    /// A file of ids, one a line, taken in a random order.
    #[arg(long)]
    ids: Option<PathBuf>,
    /// Send a new generated asset with every request.
    #[arg(long, conflicts_with = "ids")]
    asset_bodies: bool,
    /// The seed of the order and of the bodies.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Connections, each with one request under way.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How long to measure.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// How many requests to send instead.
    #[arg(long)]
    count: Option<usize>,
    /// How long to send before it counts.
    #[arg(long, default_value_t = 0.0)]
    warm_up: f64,
    /// Processes whose CPU time, with that of all their descendants, is the server's.
    #[arg(long, value_delimiter = ',')]
    server_pids: Vec<u32>,
    /// The same of the database server.
    #[arg(long, value_delimiter = ',')]
    database_pids: Vec<u32>,
}

impl Http {
    /// Measures and prints one row; anything but 2xx fails.
    pub async fn run(self) -> Result<()> {
        let url = Url::parse(&self.url)?;
        ensure!(url.scheme() == "http", "only http:// is measured");
        let host = (
            url.host_str().context("no host in the address")?,
            url.port_or_known_default().unwrap_or(80),
        );
        let address = host.to_socket_addrs()?.next().context("the host has no address")?;
        let requests = self.requests(&url)?;
        let load = Load::new(address, self.connections, &requests);
        let bound = self
            .count
            .map_or(Bound::Time(Duration::from_secs_f64(self.seconds)), Bound::Count);
        let watched = Watched {
            servers: self.server_pids,
            databases: self.database_pids,
        };
        let measured = measure(load, Duration::from_secs_f64(self.warm_up), bound, &watched).await?;
        let head = [
            "req/s",
            "p50 ms",
            "p99 ms",
            "max ms",
            "server CPU us",
            "database CPU us",
            "client CPU us",
            "others' CPU %",
        ];
        let row = vec![
            rate(measured.per_second),
            millis(measured.p50),
            millis(measured.p99),
            millis(measured.max),
            format!("{:.1}", measured.server_cpu),
            format!("{:.1}", measured.database_cpu),
            format!("{:.1}", measured.client_cpu),
            format!("{:.0}", measured.others * 100.0),
        ];
        say(&table(&head, &[row]))?;
        say(&serde_json::to_string(&measured)?)
    }

    fn requests(&self, url: &Url) -> Result<Vec<Request>> {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        // The `url` crate escapes the braces.
        let path = format!("{}{query}", url.path().replace("%7Bid%7D", "{id}"));
        let token = self.token.as_deref();
        let mut random = Random::seeded(self.seed);
        if let Some(ids) = &self.ids {
            let ids = fs::read_to_string(ids)?;
            let paths = ids.split_whitespace().map(|id| path.replace("{id}", id));
            let mut requests: Vec<_> = paths.map(|path| request(&self.method, &path, token, None)).collect();
            random.shuffle(&mut requests);
            return Ok(requests);
        }
        if self.asset_bodies {
            let bodies = (0..4096).map(|_| asset(&mut random).to_string());
            return Ok(bodies
                .map(|body| request(&self.method, &path, token, Some(&body)))
                .collect());
        }
        Ok(vec![request(&self.method, &path, token, None)])
    }
}
