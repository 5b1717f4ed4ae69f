//! One connection, seen from close enough to tell how a request on it ended.

use std::io;
use std::net::SocketAddr;

use serde_json::Value;
use tenon_tests::app::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that is kept alive.
pub struct Wire {
    pub stream: TcpStream,
    read: Vec<u8>,
}

/// How a request ended.
#[derive(Debug)]
pub enum Outcome {
    Answered(Whole),
    /// The connection ended before the first byte of an answer.
    Nothing,
    /// The connection ended within an answer, which is here as far as it came.
    Torn(String),
}

/// A whole answer.
#[derive(Debug)]
pub struct Whole {
    pub status: u16,
    /// In lower case.
    pub head: String,
    pub body: Vec<u8>,
}

impl Whole {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether the server closes the connection after it.
    pub fn closes(&self) -> bool {
        self.head.contains("\r\nconnection: close\r\n")
    }
}

impl Wire {
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::new(),
        })
    }

    /// Sends a request and reads its answer.
    pub async fn ask(&mut self, request: &str) -> Outcome {
        // A server that closes may answer all the same, so that the answer is what counts.
        let _ = self.stream.write_all(request.as_bytes()).await;
        self.answer().await
    }

    /// Reads one answer.
    pub async fn answer(&mut self) -> Outcome {
        loop {
            if let Some(whole) = self.whole() {
                return Outcome::Answered(whole);
            }
            match self.stream.read_buf(&mut self.read).await {
                Ok(more) if more > 0 => {}
                Ok(_) | Err(_) if self.read.is_empty() => return Outcome::Nothing,
                Ok(_) | Err(_) => return Outcome::Torn(String::from_utf8_lossy(&self.read).into_owned()),
            }
        }
    }

    /// Takes a whole answer off what was read.
    fn whole(&mut self) -> Option<Whole> {
        let end = self.read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(&self.read[..end]).to_ascii_lowercase();
        let length = head.split("\r\ncontent-length: ").nth(1);
        let length: usize = length.map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
        let body = self.read.get(end..end + length)?.to_vec();
        self.read.drain(..end + length);
        let status = head.get(9..12).unwrap().parse().unwrap();
        Some(Whole { status, head, body })
    }
}

/// A request of `who`.
pub fn request(who: &Client, line: &str, body: Option<&Value>) -> String {
    let token = who.token();
    let head = format!("{line} HTTP/1.1\r\nHost: tenon\r\nAuthorization: Bearer {token}\r\n");
    match body.map(Value::to_string) {
        Some(body) => {
            let length = body.len();
            format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        }
        None => format!("{head}\r\n"),
    }
}

/// A request of nobody.
pub fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: tenon\r\n\r\n")
}
