use std::env;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;
use xtask::servers::Redis;

use super::options::{Options, RedisChoice, Setup};
use crate::databases::Database;

/// Far more than a start, a stop or a line of the log takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(5);

/// What outlives a process: a folder, a database, Redis.
pub(super) struct Place {
    redis: Option<Mutex<Redis>>,
    redis_url: Option<String>,
    database: Database,
    folder: TempDir,
}

impl Place {
    pub(super) fn new(options: &Options) -> Self {
        let redis = (options.redis == RedisChoice::Own).then(|| Redis::start().unwrap());
        let redis_url = match options.redis {
            RedisChoice::None => None,
            RedisChoice::Shared => Some(variable("TENON_TEST_REDIS")),
            RedisChoice::Own => redis.as_ref().map(Redis::url),
        };
        Self {
            redis: redis.map(Mutex::new),
            redis_url,
            database: match options.setup {
                Setup::SqliteAlone => Database::sqlite(),
                Setup::PostgresWithRedis => Database::postgres(),
            },
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn redis(&self) -> Option<&Mutex<Redis>> {
        self.redis.as_ref()
    }
}

/// The binary with these arguments, in this place.
pub(super) fn command(place: &Place, options: &Options, arguments: &[&str]) -> Command {
    let mut words = options.through.clone();
    words.push(variable("TENON_TEST_BINARY"));
    let (program, before) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command
        .args(before)
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", place.database.url())
        .envs(place.redis_url.iter().map(|url| ("REDIS_URL", url)))
        .envs(options.variables())
        .current_dir(place.folder())
        .stdin(Stdio::null());
    command
}

/// A server process, which ends when this is dropped.
pub(super) struct Process {
    child: Child,
    log: PathBuf,
    errors: PathBuf,
}

impl Process {
    /// Starts the server in a place and waits until its log says where it listens.
    pub(super) async fn start(place: &Place, options: &Options) -> (Self, SocketAddr) {
        let name = Uuid::new_v4();
        let [log, errors] = ["log", "errors"].map(|ending| place.folder().join(format!("{name}.{ending}")));
        let mut command = command(place, options, &[]);
        command
            .stdout(File::create(&log).unwrap())
            .stderr(File::create(&errors).unwrap());
        let child = command.spawn().unwrap();
        let mut process = Self { child, log, errors };
        let address = process.ready().await;
        (process, address)
    }

    async fn ready(&mut self) -> SocketAddr {
        let begin = Instant::now();
        loop {
            if let Some(address) = self.log().lines().find_map(ready) {
                return address;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() && begin.elapsed() < PATIENCE,
                "the server is not ready ({ended:?}):\n{}",
                self.log()
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn log(&self) -> String {
        let read = |path| std::fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&[read(&self.log), read(&self.errors)].concat()).into_owned()
    }

    pub(super) fn terminate(&mut self) {
        self.signal(Signal::TERM);
    }

    pub(super) async fn stop(&mut self) -> Option<i32> {
        self.signal(Signal::TERM);
        self.ended().await.code()
    }

    pub(super) async fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.ended().await;
    }

    fn signal(&mut self, signal: Signal) {
        if self.child.try_wait().unwrap().is_none() {
            kill_process(Pid::from_child(&self.child), signal).unwrap();
        }
    }

    async fn ended(&mut self) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begin.elapsed() < PATIENCE, "the server does not end:\n{}", self.log());
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of the server, process {}:\n{}", self.id(), self.log());
        }
        // An orderly end takes over a second while clients hold connections, and nothing is looked at any more.
        self.signal(Signal::KILL);
        drop(self.child.wait());
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask test`, or set what `cargo xtask servers` prints")
    })
}

fn ready(line: &str) -> Option<SocketAddr> {
    let line: Value = serde_json::from_str(line).ok()?;
    let is_ready = line["message"].as_str()?.starts_with("ready");
    is_ready.then(|| line["address"].as_str()?.parse().ok())?
}
