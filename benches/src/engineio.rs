//! Engine.IO 4 over HTTP, as far as a client that measures needs it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::wire::{Connection, Request, request};

/// Where both servers have it.
pub const PATH: &str = "/socket.io/?EIO=4";

/// What stands between two packets.
pub const SEPARATOR: u8 = 0x1e;

/// Servers close a connection that nothing was asked on for some seconds.
const KEPT: Duration = Duration::from_secs(2);

/// A session that was opened by polling: one connection to ask on, one to tell on.
pub struct Session {
    /// What names it.
    pub sid: String,
    /// From the server.
    pub polls: Polls,
    /// Towards the server.
    pub posts: Posts,
}

impl Session {
    /// Shakes hands.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let greeting = request("GET", &format!("{PATH}&transport=polling"), None, None);
        let response = connection.exchange(&greeting).await?;
        let text = String::from_utf8_lossy(response.body);
        ensure!(response.status == 200, "the handshake was answered with {text}");
        let open: Value = serde_json::from_str(text.strip_prefix('0').context("no open packet")?)?;
        let sid = open.get("sid").and_then(Value::as_str).context("no sid")?.to_owned();
        let path = format!("{PATH}&transport=polling&sid={sid}");
        Ok(Self {
            sid,
            polls: Polls {
                request: request("GET", &path, None, None),
                connection,
            },
            posts: Posts {
                path,
                address,
                line: Mutex::new(Line {
                    connection: Connection::open(address).await?,
                    used: Instant::now(),
                }),
            },
        })
    }
}

/// One GET after the other.
pub struct Polls {
    request: Request,
    connection: Connection,
}

impl Polls {
    /// Waits until the server has something, and reads all that it says then.
    pub async fn next(&mut self) -> Result<&[u8]> {
        let response = self.connection.exchange(&self.request).await?;
        let text = || String::from_utf8_lossy(response.body);
        ensure!(
            response.status == 200,
            "a poll was answered {}: {}",
            response.status,
            text()
        );
        Ok(response.body)
    }
}

/// One POST after the other, whoever sends.
pub struct Posts {
    path: String,
    address: SocketAddr,
    line: Mutex<Line>,
}

struct Line {
    connection: Connection,
    used: Instant,
}

impl Posts {
    /// Sends packets, with [`SEPARATOR`] between them, and waits until the server has taken them.
    pub async fn send(&self, packets: &str) -> Result<()> {
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: {}\r\n\r\n\
             {packets}",
            self.path,
            packets.len()
        );
        let mut line = self.line.lock().await;
        if line.used.elapsed() > KEPT {
            line.connection = Connection::open(self.address).await?;
        }
        let response = line.connection.exchange(request.as_bytes()).await?;
        let text = String::from_utf8_lossy(response.body);
        ensure!(
            response.status == 200 && text == "ok",
            "a post was answered {}: {text}",
            response.status
        );
        line.used = Instant::now();
        Ok(())
    }
}

/// The packets of an answer.
pub fn packets(payload: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(SEPARATOR, payload).chain(std::iter::once(payload.len()));
    let mut from = 0;
    ends.map(move |end| {
        payload
            .get(std::mem::replace(&mut from, end + 1)..end)
            .unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_one_packet_more_than_separators() {
        let read = |payload: &'static [u8]| packets(payload).collect::<Vec<_>>();
        assert_eq!(read(b"2"), [b"2"]);
        assert_eq!(read(b"40{}\x1e42[1]\x1e2"), [&b"40{}"[..], b"42[1]", b"2"]);
    }
}
