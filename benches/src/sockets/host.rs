use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

use super::dialect::Dialect;
use crate::api::{Kind, call, sign_in};
use crate::measure::Watched;
use crate::processes::resident_kib;
use crate::report::progress;
use crate::scene::PASSWORD;
use crate::server::{Launch, Server, Store};

/// What every scenario with sockets is told.
#[derive(Args)]
pub struct Hosting {
    /// Tenon's binary.
    #[arg(long, default_value = "target/release/tenon")]
    tenon: PathBuf,
    /// The servers, of tenon and socketio.
    #[arg(long, value_delimiter = ',', default_value = "tenon,socketio")]
    servers: Vec<Kind>,
    /// The core that the servers run on.
    #[arg(long, default_value_t = 0)]
    server_core: usize,
    /// The core that this program runs on.
    #[arg(long, default_value_t = 1)]
    client_core: usize,
}

impl Hosting {
    /// Starts the servers on their core and registers so many accounts with each.
    pub async fn open(&self, accounts: usize) -> Result<Vec<Host>> {
        prepare(self.client_core)?;
        let mut hosts = Vec::new();
        for kind in &self.servers {
            progress(&format!("starting {} with {accounts} accounts", kind.name()));
            hosts.push(Host::open(*kind, self, accounts).await?);
        }
        Ok(hosts)
    }
}

/// Keeps this program on its core, and allows it, and what it starts, as many files as the system does.
fn prepare(core: usize) -> Result<()> {
    let cores = std::thread::available_parallelism()?.get();
    ensure!(core < cores, "there is no core {core}");
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set)?;
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    Ok(setrlimit(Resource::Nofile, raised)?)
}

/// A server with accounts, each of which has a room.
pub struct Host {
    /// Which one it is.
    pub kind: Kind,
    /// How it is spoken to.
    pub dialect: Dialect,
    server: Server,
    accounts: usize,
}

/// Limits that would end a measurement; everything else of Tenon stays as it ships.
const RAISED: [(&str, &str); 2] = [
    ("TENON__SOCKETS__PER_USER", "1000000"),
    ("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000000"),
];

impl Host {
    async fn open(kind: Kind, hosting: &Hosting, accounts: usize) -> Result<Self> {
        let dialect = Dialect::of(kind)?;
        let launch = Launch {
            core: Some(hosting.server_core),
            environment: &RAISED,
        };
        let server = Server::launch(kind, &hosting.tenon, &mut Store::Sqlite, &launch).await?;
        for account in 0..accounts {
            call(server.address, &kind.register(&email(account), PASSWORD))
                .await
                .context("registering")?;
        }
        Ok(Self {
            kind,
            dialect,
            server,
            accounts,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// A fresh token of each account; they are short-lived.
    pub async fn tokens(&self) -> Result<Vec<String>> {
        let mut tokens = Vec::new();
        for account in 0..self.accounts {
            let session = sign_in(self.kind, self.address(), &email(account), PASSWORD).await?;
            tokens.push(session.token);
        }
        Ok(tokens)
    }

    /// Its resident memory, in KiB.
    pub fn resident_kib(&self) -> Result<u64> {
        resident_kib(self.server.id())
    }

    /// The process to watch while it works.
    pub fn watched(&self) -> Watched {
        Watched {
            servers: vec![self.server.id()],
            databases: Vec::new(),
        }
    }
}

fn email(account: usize) -> String {
    format!("account{account}@bench.example")
}
