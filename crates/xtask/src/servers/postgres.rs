use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use rustix::fs::statvfs;
use rustix::process::Signal;

use super::account::Account;
use super::process::{Process, Service};
use crate::programs;

/// Where Linux has files in memory.
const MEMORY: &str = "/dev/shm";

/// Bytes that tests need there at most, many times over.
const ENOUGH: u64 = 4 << 30;

/// A Postgres server with a fresh cluster: superuser `tenon`, no password, loopback only.
///
/// It has production's settings of durability, on which Tenon insists: what was committed outlives a kill of the server.
/// Whether it outlives the machine depends on where the data is, and no test asks for that.
///
/// Its data folder goes with it when it is dropped.
pub struct Postgres(Process);

impl Postgres {
    /// Makes a cluster below the temporary folder, starts the server on a free port and returns when it takes connections.
    ///
    /// # Errors
    /// When Postgres is not installed or does not start; the error carries the server's log.
    pub fn start() -> io::Result<Self> {
        Self::start_below(&env::temp_dir())
    }

    /// As [`start`](Self::start), with its data in memory where the machine has a file system there and 4 GiB free in it:
    /// nobody waits for a disk, least of all whoever drops a database, which writes down what every other one has changed.
    ///
    /// What was committed is there after a [`kill`](Self::kill), as it is on a disk.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_in_memory() -> io::Result<Self> {
        let room = statvfs(MEMORY).is_ok_and(|memory| memory.f_bavail * memory.f_frsize >= ENOUGH);
        if room {
            return Self::start_below(Path::new(MEMORY));
        }
        Self::start()
    }

    fn start_below(parent: &Path) -> io::Result<Self> {
        let programs = programs::postgres()
            .ok_or_else(|| io::Error::other("Postgres is not installed: run `cargo xtask provision`"))?;
        let account = Account::instead_of_root()?;
        let folder = tempfile::Builder::new().prefix("tenon-postgres-").tempdir_in(parent)?;
        if let Some(account) = account {
            account.own(folder.path())?;
        }
        create_cluster(&programs.join("initdb"), folder.path(), account)?;
        let service = Service {
            program: programs.join("postgres"),
            arguments,
            ready,
            stop: Signal::INT,
            account,
        };
        Process::start(service, folder).map(Self)
    }

    /// `postgres://tenon@127.0.0.1:PORT/postgres`: the maintenance database, from which others are created.
    pub fn url(&self) -> String {
        format!("postgres://tenon@127.0.0.1:{}/postgres", self.port())
    }

    /// The TCP port; it stays the same over [`restart`](Self::restart).
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// The process id of the postmaster while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.0.pid()
    }

    /// Ends every connection and shuts down in order ("fast shutdown"). Does nothing when it does not run.
    ///
    /// # Errors
    /// When the process can be neither signalled nor awaited.
    pub fn stop(&mut self) -> io::Result<()> {
        self.0.stop()
    }

    /// SIGKILL to the postmaster: no checkpoint, recovery from the log at the next start.
    ///
    /// # Errors
    /// When the process can be neither signalled nor awaited.
    pub fn kill(&mut self) -> io::Result<()> {
        self.0.kill()
    }

    /// Starts again on the same port and data, after a stop when it still runs.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restart(&mut self) -> io::Result<()> {
        self.0.restart()
    }
}

/// Sorted by code point, as SQLite sorts; letter case by Unicode.
const LOCALE: &str = if cfg!(target_os = "macos") {
    "en_US.UTF-8"
} else {
    "C.UTF-8"
};

fn create_cluster(initdb: &Path, folder: &Path, account: Option<Account>) -> io::Result<()> {
    let mut command = Command::new(initdb);
    command.arg("--pgdata").arg(folder.join("data"));
    command.args([
        "--username=tenon",
        "--auth=trust",
        "--encoding=UTF8",
        "--lc-messages=C",
        "--no-sync",
    ]);
    command.arg(format!("--locale={LOCALE}")).current_dir(folder);
    if let Some(account) = account {
        account.run(&mut command);
    }
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let reason = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!(
        "{} ended with {}:\n{reason}",
        initdb.display(),
        output.status
    )))
}

fn arguments(folder: &Path, port: u16) -> Vec<String> {
    let folder = folder.display();
    [
        format!("-D{folder}/data"),
        format!("-cport={port}"),
        format!("-cunix_socket_directories={folder}"),
        "-clisten_addresses=127.0.0.1".to_owned(),
        "-cmax_connections=300".to_owned(),
        "-cshared_buffers=128MB".to_owned(),
        "-cfsync=on".to_owned(),
        "-csynchronous_commit=on".to_owned(),
    ]
    .to_vec()
}

/// Postgres writes its state on the eighth line of its lock file (`miscadmin.h`, `LOCK_FILE_LINE_PM_STATUS`).
fn ready(folder: &Path, _port: u16, pid: u32) -> bool {
    let lock = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    let line = |number| lock.lines().nth(number).map(str::trim);
    line(0) == Some(&pid.to_string()) && line(7) == Some("ready")
}
