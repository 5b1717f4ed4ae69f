//! Starting what is measured: Tenon or a peer, in a folder and on a port of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::api::Kind;
use crate::child::{ServerProcess, tail};
use crate::postgres::Postgres;
use crate::wire::Connection;

const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Where the data is.
pub enum Store {
    /// In each server's own folder.
    Sqlite,
    /// In one Postgres, a database for each server.
    Postgres(Box<Postgres>),
}

impl Store {
    /// The postmaster's process id, if there is one.
    pub fn process_id(&self) -> Option<u32> {
        match self {
            Self::Sqlite => None,
            Self::Postgres(postgres) => postgres.process_id(),
        }
    }

    /// Brings the database to rest after the seeding, and the disk: what the system still has to write is written first.
    pub fn settle(&self) -> Result<()> {
        if let Self::Postgres(postgres) = self {
            postgres.settle()?;
        }
        rustix::fs::sync();
        Ok(())
    }

    fn database_for(&mut self, kind: Kind) -> Result<Option<String>> {
        match (self, kind) {
            (Self::Sqlite, Kind::Tenon | Kind::Pocketbase | Kind::PocketbaseEqual | Kind::SocketIo | Kind::Ws) => {
                Ok(None)
            }
            (Self::Sqlite, _) => bail!("{} runs on Postgres only", kind.name()),
            (Self::Postgres(_), Kind::Pocketbase | Kind::PocketbaseEqual | Kind::SocketIo | Kind::Ws) => {
                bail!("{} does not run on Postgres", kind.name())
            }
            (Self::Postgres(postgres), _) => postgres.create_database(&format!("{kind:?}").to_lowercase()).map(Some),
        }
    }
}

/// How a server is started.
#[derive(Default)]
pub struct Launch<'a> {
    /// The only core that it may use.
    pub core: Option<usize>,
    /// Variables beside those that every scenario sets.
    pub environment: &'a [(&'a str, &'a str)],
}

/// A server that answers.
pub struct Server {
    /// Which one it is.
    pub kind: Kind,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to its first healthy answer, migrations of an empty database included.
    pub start_time: Duration,
    /// The address of its database; none for a file of its own.
    pub database: Option<String>,
    process: ServerProcess,
    folder: TempDir,
}

impl Server {
    /// Starts the server and waits until its health check answers 200. `tenon` is Tenon's binary.
    pub async fn start(kind: Kind, tenon: &Path, store: &mut Store) -> Result<Self> {
        Self::launch(kind, tenon, store, &Launch::default()).await
    }

    /// The same with what a scenario wants of the start.
    pub async fn launch(kind: Kind, tenon: &Path, store: &mut Store, launch: &Launch<'_>) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("tenon-bench").tempdir()?;
        let log = folder.path().join("server.log");
        let port = xtask::servers::free_port()?;
        let mut command = match kind {
            Kind::Tenon => tenon_command(tenon, port, folder.path())?,
            _ => peer_command(kind, port, folder.path())?,
        };
        command.env_remove("DATABASE_URL").env_remove("REDIS_URL");
        command.envs(launch.environment.iter().copied());
        let database = store.database_for(kind)?;
        if let Some(url) = &database {
            command.env("DATABASE_URL", url);
        }
        let begun = Instant::now();
        let mut process = ServerProcess::start(kind.name(), &command, launch.core, &log)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        while !healthy(kind, address).await {
            process.check(&log)?;
            ensure!(
                begun.elapsed() < START_TIMEOUT,
                "{} is not healthy:\n{}",
                kind.name(),
                tail(&log)
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Self {
            kind,
            address,
            start_time: begun.elapsed(),
            database,
            process,
            folder,
        })
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Where it runs; its data is in `data` there.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

async fn healthy(kind: Kind, address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else {
        return false;
    };
    connection
        .exchange(&kind.health())
        .await
        .is_ok_and(|response| response.status == 200)
}

fn tenon_command(binary: &Path, port: u16, folder: &Path) -> Result<Command> {
    let binary = binary
        .canonicalize()
        .with_context(|| format!("no binary at {}", binary.display()))?;
    let mut command = Command::new(binary);
    command
        .env("TENON__SERVER__PORT", port.to_string())
        .env("TENON__SERVER__BIND", "127.0.0.1")
        .env("TENON__DATA__FOLDER", folder.join("data"))
        .env("GRAPH_WEBHOOK_URL", format!("http://127.0.0.1:{port}/webhooks/graph"))
        .env("TENON__LIMITS__API_PER_MINUTE", "100000000")
        .env("TENON__LIMITS__AUTH_PER_MINUTE", "100000000");
    Ok(command)
}

fn peer_command(kind: Kind, port: u16, folder: &Path) -> Result<Command> {
    let name = match kind {
        Kind::Pocketbase | Kind::PocketbaseEqual => "pocketbase",
        _ => "node",
    };
    let scripts = repository().join("benches/peers").join(name);
    let target = repository().join("target/peers").join(name);
    let status = Command::new(scripts.join("setup")).arg(&target).status()?;
    ensure!(status.success(), "benches/peers/{name}/setup failed");
    let mut command = Command::new(scripts.join("start"));
    command.arg(target).arg(format!("{kind:?}").to_lowercase());
    command
        .env("PORT", port.to_string())
        .env("DATA_FOLDER", folder.join("data"));
    Ok(command)
}

/// The root of the repository that this program was built from.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}
