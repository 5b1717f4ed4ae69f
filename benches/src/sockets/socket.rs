use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use super::dialect::{Dialect, PONG, Said};
use super::frame::{self, CLOSE, PING};
use super::outgoing::Outgoing;

/// Where all sockets read into, one after the other.
pub type Scratch = Rc<RefCell<Vec<u8>>>;

/// An open socket in its room.
pub struct Socket {
    dialect: Dialect,
    reader: OwnedReadHalf,
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
    hint: Cell<usize>,
    scratch: Scratch,
    /// Towards the server.
    pub outgoing: Rc<Outgoing>,
    /// The room, as the server calls it.
    pub room: String,
}

/// How a socket ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// The server closed it, with this code.
    Closed(u16),
    /// The connection ended without a close frame.
    Cut,
}

/// Something that came.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
    /// As the dialect reads it.
    Said(Said),
    /// The last thing.
    End(Ending),
}

impl Socket {
    /// Connects, upgrades and enters the room that the token's account has.
    pub async fn open(address: SocketAddr, dialect: Dialect, token: &str, scratch: &Scratch) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(dialect.handshake(token).as_bytes()).await?;
        let (reader, writer) = stream.into_split();
        let mut socket = Self {
            dialect,
            reader,
            rest: Vec::new(),
            hint: Cell::new(0),
            scratch: Rc::clone(scratch),
            outgoing: Rc::new(Outgoing::new(writer)),
            room: String::new(),
        };
        socket.upgraded().await?;
        let (mut room, mut joined) = (None, false);
        while !joined {
            socket
                .receive(|incoming| {
                    match incoming {
                        Incoming::Said(Said::Welcome(welcome)) => room = Some(welcome),
                        Incoming::Said(Said::Joined) => joined = true,
                        Incoming::Said(_) => {}
                        Incoming::End(ending) => bail!("refused: {ending:?}"),
                    }
                    Ok(())
                })
                .await?;
            if let Some(room) = room.take() {
                socket.send(&dialect.join(&room, token)).await?;
                socket.room = room;
            }
        }
        Ok(socket)
    }

    async fn send(&self, text: &str) -> Result<()> {
        self.outgoing.send(&frame::masked(frame::TEXT, text.as_bytes()))?;
        self.outgoing.flush().await
    }

    /// Reads the answer to the handshake, and keeps what comes after it.
    async fn upgraded(&mut self) -> Result<()> {
        loop {
            let read = self.reader.read_buf(&mut self.rest).await?;
            ensure!(read > 0, "the connection ended");
            let mut headers = [httparse::EMPTY_HEADER; 32];
            let mut head = httparse::Response::new(&mut headers);
            if let httparse::Status::Complete(length) = head.parse(&self.rest)? {
                let text = String::from_utf8_lossy(&self.rest);
                ensure!(head.code == Some(101), "the handshake was answered with {text}");
                self.rest.drain(..length);
                return Ok(());
            }
        }
    }

    /// Waits for something, and handles all that has come. Pings are answered.
    pub async fn receive(&mut self, mut handle: impl FnMut(Incoming) -> Result<()>) -> Result<()> {
        poll_fn(|cx| self.poll_receive(cx, &mut handle)).await
    }

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        handle: &mut impl FnMut(Incoming) -> Result<()>,
    ) -> Poll<Result<()>> {
        let scratch = Rc::clone(&self.scratch);
        let mut scratch = scratch.borrow_mut();
        let kept = self.rest.len();
        scratch
            .get_mut(..kept)
            .context("a frame too large")?
            .copy_from_slice(&self.rest);
        let mut buffer = ReadBuf::new(&mut scratch);
        buffer.set_filled(kept);
        // The first frames may have come with the answer to the handshake.
        if frame::read(&self.rest)?.is_none() {
            match ready!(Pin::new(&mut self.reader).poll_read(cx, &mut buffer)) {
                Ok(()) if buffer.filled().len() > kept => {}
                Ok(()) | Err(_) => return Poll::Ready(handle(Incoming::End(Ending::Cut))),
            }
        }
        self.rest.clear();
        let mut bytes = buffer.filled();
        while let Some(frame) = frame::read(bytes)? {
            bytes = bytes.get(frame.length..).unwrap_or_default();
            match frame.opcode {
                PING => self.outgoing.send(&frame::masked(frame::PONG, frame.payload))?,
                CLOSE => {
                    let code = frame
                        .payload
                        .first_chunk()
                        .map_or(1005, |code| u16::from_be_bytes(*code));
                    return Poll::Ready(handle(Incoming::End(Ending::Closed(code))));
                }
                _ => match self.dialect.read(frame.payload, &self.hint)? {
                    Said::Ping => self.outgoing.send(&frame::masked(frame::TEXT, PONG))?,
                    said => handle(Incoming::Said(said))?,
                },
            }
        }
        self.rest.extend_from_slice(bytes);
        if self.rest.is_empty() && self.rest.capacity() > 4096 {
            self.rest = Vec::new();
        }
        Poll::Ready(Ok(()))
    }
}
