use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use super::process::{Process, Service};
use crate::programs;

const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// A Redis server on loopback that keeps nothing on disk: a restart finds it empty.
pub struct Redis(Process);

impl Redis {
    /// Starts the server on a free port and returns when it answers.
    ///
    /// # Errors
    /// When Redis is not installed or does not start; the error carries the server's log.
    pub fn start() -> io::Result<Self> {
        let program = programs::redis_server()
            .ok_or_else(|| io::Error::other("Redis is not installed: run `cargo xtask provision`"))?;
        let folder = tempfile::Builder::new().prefix("tenon-redis-").tempdir()?;
        let service = Service {
            program,
            arguments,
            ready,
            stop: Signal::TERM,
            account: None,
        };
        Process::start(service, folder).map(Self)
    }

    /// `redis://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port())
    }

    /// The TCP port; it stays the same over [`restart`](Self::restart).
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// The process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.0.pid()
    }

    /// Closes every connection and ends in order. Does nothing when it does not run.
    ///
    /// # Errors
    /// When the process can be neither signalled nor awaited.
    pub fn stop(&mut self) -> io::Result<()> {
        self.0.stop()
    }

    /// SIGKILL.
    ///
    /// # Errors
    /// When the process can be neither signalled nor awaited.
    pub fn kill(&mut self) -> io::Result<()> {
        self.0.kill()
    }

    /// Starts again on the same port, empty, after a stop when it still runs.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restart(&mut self) -> io::Result<()> {
        self.0.restart()
    }
}

fn arguments(folder: &Path, port: u16) -> Vec<String> {
    let settings = [("bind", "127.0.0.1"), ("save", ""), ("appendonly", "no")];
    let settings = settings.map(|(name, value)| [format!("--{name}"), value.to_owned()]);
    let own = [
        ["--port".to_owned(), port.to_string()],
        ["--dir".to_owned(), folder.display().to_string()],
    ];
    settings.into_iter().chain(own).flatten().collect()
}

/// Asks for the process id as well: another server may have taken the port first.
fn ready(_folder: &Path, port: u16, pid: u32) -> bool {
    let expected = format!("process_id:{pid}");
    information(port).is_ok_and(|answer| answer.lines().any(|line| line == expected))
}

fn information(port: u16) -> io::Result<String> {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    connection.set_read_timeout(Some(ANSWER_LIMIT))?;
    connection.write_all(b"INFO server\r\nQUIT\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}
