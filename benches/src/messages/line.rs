use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::sockets::Dialect;
use crate::sockets::frame::{CLOSE, PING, PONG, TEXT, masked, read};

/// A socket whose frames are read as JSON.
pub struct Line {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Line {
    /// Connects and upgrades.
    pub async fn open(address: SocketAddr, token: &str) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        stream
            .write_all(Dialect::Tenon.handshake(token, None).as_bytes())
            .await?;
        let mut line = Self {
            stream,
            rest: Vec::new(),
        };
        let end = loop {
            if let Some(end) = line.rest.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            line.more().await?;
        };
        let head: Vec<u8> = line.rest.drain(..end).collect();
        ensure!(
            head.starts_with(b"HTTP/1.1 101"),
            "the handshake was answered with {}",
            String::from_utf8_lossy(&head)
        );
        Ok(line)
    }

    /// Sends a text.
    pub async fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.stream.write_all(&masked(TEXT, text.as_bytes())).await?)
    }

    /// The next text. Pings are answered.
    ///
    /// # Errors
    /// When the server closes the socket.
    pub async fn next(&mut self) -> Result<Value> {
        loop {
            let Some(frame) = read(&self.rest)? else {
                self.more().await?;
                continue;
            };
            let length = frame.length;
            match frame.opcode {
                TEXT => {
                    let value = serde_json::from_slice(frame.payload)?;
                    self.rest.drain(..length);
                    return Ok(value);
                }
                PING => {
                    let pong = masked(PONG, frame.payload);
                    self.stream.write_all(&pong).await?;
                }
                CLOSE => bail!("closed: {}", String::from_utf8_lossy(frame.payload)),
                _ => {}
            }
            self.rest.drain(..length);
        }
    }

    async fn more(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.rest).await.context("reading")?;
        ensure!(read > 0, "the connection ended");
        Ok(())
    }
}
