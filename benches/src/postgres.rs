//! The Postgres that a comparison runs on: the one that `TENON_BENCH_POSTGRES` names, or one of our own.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;
use url::Url;

use crate::child::{ServerProcess, as_user, tail};

const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Durable, and with memory enough for the data; everything else as it ships.
const SETTINGS: [&str; 5] = [
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=256MB",
    "max_connections=200",
    "unix_socket_directories=",
];

/// A Postgres server with a database for each server that is measured. Dropping it removes them.
pub struct Postgres {
    url: Url,
    process_id: Option<u32>,
    databases: Vec<String>,
    own: Option<(ServerProcess, TempDir)>,
}

impl Postgres {
    /// Uses the server that `TENON_BENCH_POSTGRES` names, whose user must be a superuser, or starts one.
    pub fn open() -> Result<Self> {
        match std::env::var("TENON_BENCH_POSTGRES") {
            Ok(url) => Self::given(Url::parse(&url)?),
            Err(_) => Self::start(),
        }
    }

    fn given(url: Url) -> Result<Self> {
        let mut postgres = Self {
            url,
            process_id: None,
            databases: Vec::new(),
            own: None,
        };
        // Only a superuser may read the file, and only a server of this machine has its process here.
        let id = postgres
            .sql("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)")
            .ok();
        let id = id.and_then(|id| id.trim().parse::<u32>().ok());
        let is_postgres = |id: &u32| {
            fs::read_to_string(format!("/proc/{id}/comm"))
                .is_ok_and(|name| name.trim() == "postgres")
        };
        postgres.process_id = id.filter(is_postgres);
        Ok(postgres)
    }

    fn start() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("tenon-bench-postgres")
            .tempdir()?;
        let data = folder.path().join("data");
        let log = folder.path().join("server.log");
        let user = postgres_user()?;
        if let Some((_, id, group)) = &user {
            chown(folder.path(), Some(*id), Some(*group))?;
        }
        let user = user.as_ref().map(|(name, ..)| name.as_str());
        let made = as_user(user)
            .arg(program("initdb"))
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-locale",
                "-D",
            ])
            .arg(&data)
            .output()?;
        ensure!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );

        let port = free_port()?;
        let mut command = Command::new(program("postgres"));
        command
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let mut process = ServerProcess::start("Postgres", &command, user, "INT", &log)?;
        let url = Url::parse(&format!("postgres://postgres@127.0.0.1:{port}/postgres"))?;
        let begun = Instant::now();
        while !Command::new(program("pg_isready"))
            .args(["-q", "-d", url.as_str()])
            .status()?
            .success()
        {
            process.check(&log)?;
            ensure!(
                begun.elapsed() < START_TIMEOUT,
                "Postgres does not answer:\n{}",
                tail(&log)
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let process_id = Some(process.id());
        Ok(Self {
            url,
            process_id,
            databases: Vec::new(),
            own: Some((process, folder)),
        })
    }

    /// The postmaster's process id, when it runs on this machine.
    pub fn process_id(&self) -> Option<u32> {
        self.process_id
    }

    /// Makes an empty database and tells its URL.
    pub fn create_database(&mut self, name: &str) -> Result<String> {
        let name = format!("bench_{}_{name}", std::process::id());
        self.sql(&format!("create database {name}"))?;
        let mut url = self.url.clone();
        url.set_path(&name);
        self.databases.push(name);
        Ok(url.into())
    }

    /// Vacuums and analyses every database and writes a checkpoint, so that no run pays for the seeding.
    pub fn settle(&self) -> Result<()> {
        for name in &self.databases {
            let mut url = self.url.clone();
            url.set_path(name);
            psql(&url, "vacuum analyze")?;
        }
        self.sql("checkpoint").map(drop)
    }

    fn sql(&self, statement: &str) -> Result<String> {
        psql(&self.url, statement)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.own.is_none() {
            for name in &self.databases {
                let _ = self.sql(&format!("drop database if exists {name} with (force)"));
            }
        }
    }
}

fn psql(url: &Url, statement: &str) -> Result<String> {
    let output = Command::new(program("psql"))
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
        ])
        .args(["--dbname", url.as_str(), "--command", statement])
        .output()
        .context("running psql")?;
    if !output.status.success() {
        bail!("{statement}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Postgres refuses to run as root, so root runs it as the user `postgres`; anyone else runs it as themselves.
fn postgres_user() -> Result<Option<(String, u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let line = accounts
        .lines()
        .find(|line| line.starts_with("postgres:"))
        .context("no user `postgres`")?;
    let mut ids = line.split(':').skip(2);
    let id = ids.next().context("no user id")?.parse()?;
    let group = ids.next().context("no group id")?.parse()?;
    Ok(Some(("postgres".into(), id, group)))
}

/// Debian keeps the server's programs out of the path, in one folder a version; the newest is used.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin").join(name),
            ))
        })
        .filter(|(_, path)| path.exists())
        .max();
    newest.map_or_else(|| PathBuf::from(name), |(_, path)| path)
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
