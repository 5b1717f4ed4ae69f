//! The Postgres that a comparison runs on: the one that `TENON_BENCH_POSTGRES` names, or one of our own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use url::Url;

/// A Postgres server with a database for each server that is measured. Dropping it removes them.
pub struct Postgres {
    url: Url,
    process_id: Option<u32>,
    databases: Vec<String>,
    own: Option<xtask::servers::Postgres>,
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
        let is_postgres =
            |id: &u32| fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name.trim() == "postgres");
        postgres.process_id = id.filter(is_postgres);
        Ok(postgres)
    }

    fn start() -> Result<Self> {
        let own = xtask::servers::Postgres::start()?;
        let postgres = Self {
            url: Url::parse(&own.url())?,
            process_id: own.pid(),
            databases: Vec::new(),
            own: Some(own),
        };
        postgres.age()?;
        Ok(postgres)
    }

    /// Has the segments of the log ready that a server has which has run for a while: a fresh one fills each with zeros before its first
    /// use, which whoever writes then pays for (PostgreSQL manual, WAL Configuration).
    fn age(&self) -> Result<()> {
        self.sql("alter system set min_wal_size = '1GB'")?;
        self.sql("select pg_reload_conf()")?;
        self.sql(
            "do $$ begin for i in 1..60 loop
                perform pg_logical_emit_message(false, '', 'x');
                perform pg_switch_wal();
            end loop; end $$",
        )?;
        self.sql("checkpoint").map(drop)
    }

    /// The postmaster's process id, when it runs on this machine.
    pub fn process_id(&self) -> Option<u32> {
        self.process_id
    }

    /// Makes an empty database and tells its URL.
    pub fn create_database(&mut self, name: &str) -> Result<String> {
        let name = format!("bench_{}_{name}_{}", std::process::id(), self.databases.len());
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

/// Runs statements on a database and tells what they print.
pub fn psql(url: &Url, statement: &str) -> Result<String> {
    let output = Command::new(beside_postgres("psql"))
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

/// A client's program lies beside the server's, or on the path.
fn beside_postgres(name: &str) -> PathBuf {
    let beside = xtask::programs::postgres().map(|folder| folder.join(name));
    beside
        .filter(|program| program.is_file())
        .unwrap_or_else(|| PathBuf::from(name))
}
