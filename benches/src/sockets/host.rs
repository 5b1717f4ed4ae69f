use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

use super::dialect::Dialect;
use crate::api::{call, sign_in};
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
    /// The servers and how they are spoken to; all that the scenario knows where none is named.
    #[arg(long, value_delimiter = ',')]
    servers: Vec<Dialect>,
    /// The core that the servers run on.
    #[arg(long, default_value_t = 0)]
    server_core: usize,
    /// The core that this program runs on.
    #[arg(long, default_value_t = 1)]
    client_core: usize,
}

impl Hosting {
    /// Starts the servers on their core and registers so many accounts with each. `known` is what the scenario can be
    /// measured with.
    pub async fn open(&self, accounts: usize, known: &[Dialect]) -> Result<Vec<Host>> {
        prepare(self.client_core)?;
        let named = if self.servers.is_empty() { known } else { &self.servers };
        let mut hosts = Vec::new();
        for dialect in named {
            ensure!(known.contains(dialect), "{} is not part of this", dialect.name());
            progress(&format!("starting {} with {accounts} accounts", dialect.name()));
            hosts.push(Host::open(*dialect, self, accounts).await?);
        }
        Ok(hosts)
    }

    /// Starts an instance of Tenon that shares what these variables name with others. `accounts` are those that it
    /// registers, and `known` those that were registered before.
    pub async fn instance(&self, environment: &[(&str, &str)], accounts: usize, known: usize) -> Result<Host> {
        let mut host = Host::launch(Dialect::Tenon, self, accounts, environment).await?;
        host.accounts = accounts.max(known);
        Ok(host)
    }

    /// Keeps another process on the servers' core.
    pub fn keep_with_servers(&self, process: u32) -> Result<()> {
        let id = Pid::from_raw(i32::try_from(process)?).context("no process")?;
        Ok(sched_setaffinity(Some(id), &only(self.server_core))?)
    }
}

/// What every scenario with WebSockets is told.
#[derive(Args)]
pub struct Entrance {
    #[command(flatten)]
    hosting: Hosting,
    /// Have sockets of Socket.IO begin with polling and upgrade, as its own client does by default.
    #[arg(long)]
    upgrade: bool,
}

impl Entrance {
    /// Starts the servers on their core and registers so many accounts with each.
    pub async fn open(&self, accounts: usize) -> Result<Vec<Host>> {
        let known = [Dialect::Tenon, Dialect::TenonSocketio, Dialect::Socketio, Dialect::Ws];
        let mut hosts = self.hosting.open(accounts, &known).await?;
        for host in &mut hosts {
            host.upgrade = self.upgrade && host.dialect.is_engine_io();
        }
        Ok(hosts)
    }

    /// Whether sockets of Socket.IO begin with polling.
    pub fn upgrades(&self) -> bool {
        self.upgrade
    }
}

fn only(core: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(core);
    set
}

/// Keeps this program on its core, and allows it, and what it starts, as many files as the system does.
fn prepare(core: usize) -> Result<()> {
    let cores = std::thread::available_parallelism()?.get();
    ensure!(core < cores, "there is no core {core}");
    sched_setaffinity(None, &only(core))?;
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    Ok(setrlimit(Resource::Nofile, raised)?)
}

/// A server with accounts, each of which has a room.
pub struct Host {
    /// Which one it is, and how it is spoken to.
    pub dialect: Dialect,
    /// Whether sockets begin with polling.
    pub upgrade: bool,
    server: Server,
    accounts: usize,
}

/// Limits that would end a measurement; everything else of Tenon stays as it ships.
const RAISED: [(&str, &str); 3] = [
    ("TENON__LIMITS__CONNECTIONS_PER_MINUTE", "100000000"),
    ("TENON__SOCKETS__PER_USER", "1000000"),
    ("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000000"),
];

impl Host {
    async fn open(dialect: Dialect, hosting: &Hosting, accounts: usize) -> Result<Self> {
        Self::launch(dialect, hosting, accounts, &[]).await
    }

    /// Starts the server with these variables, too, and registers accounts.
    async fn launch(
        dialect: Dialect,
        hosting: &Hosting,
        accounts: usize,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let kind = dialect.server();
        let launch = Launch {
            core: Some(hosting.server_core),
            environment: &[RAISED.as_slice(), environment].concat(),
        };
        let server = Server::launch(kind, &hosting.tenon, &mut Store::Sqlite, &launch).await?;
        for account in 0..accounts {
            call(server.address, &kind.register(&email(account), PASSWORD))
                .await
                .context("registering")?;
        }
        Ok(Self {
            dialect,
            upgrade: false,
            server,
            accounts,
        })
    }

    /// What tables call it.
    pub fn name(&self) -> &'static str {
        match (self.dialect, self.upgrade) {
            (Dialect::TenonSocketio, true) => "Tenon by Socket.IO, upgraded",
            (Dialect::Socketio, true) => "Socket.IO, upgraded",
            (dialect, _) => dialect.name(),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// A fresh token of each account; they are short-lived.
    pub async fn tokens(&self) -> Result<Vec<String>> {
        let mut tokens = Vec::new();
        for account in 0..self.accounts {
            let session = sign_in(self.server.kind, self.address(), &email(account), PASSWORD).await?;
            tokens.push(session.token);
        }
        Ok(tokens)
    }

    /// Its resident memory, in KiB.
    pub fn resident_kib(&self) -> Result<u64> {
        resident_kib(self.server.id())
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.server.id()
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
