//! The example of `tenon-socketio`, which echoes, as a server.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tenon_tests::program::variable;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::PATIENCE;

/// Short, so that heartbeats take part in each test.
pub const PING_INTERVAL: Duration = Duration::from_millis(300);
pub const PING_TIMEOUT: Duration = Duration::from_millis(2000);

/// It ends when this is dropped.
pub struct Echo {
    child: Child,
    address: SocketAddr,
}

impl Echo {
    pub async fn start() -> Self {
        let (child, address) = start(0).await;
        Self { child, address }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// After [`kill`](Self::kill), on the same port.
    pub async fn start_again(&mut self) {
        (self.child, self.address) = start(self.address.port()).await;
    }
}

/// Returns when it listens.
async fn start(port: u16) -> (Child, SocketAddr) {
    let child = Command::new(variable("TENON_TEST_ECHO"))
        .env("PORT", port.to_string())
        .env("PING_INTERVAL", PING_INTERVAL.as_millis().to_string())
        .env("PING_TIMEOUT", PING_TIMEOUT.as_millis().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    let address = line.strip_prefix("listening on ").unwrap().parse().unwrap();
    (child, address)
}
