use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::future::try_join;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use super::dialect::Dialect;
use super::frame::{self, CLOSE, PING};
use super::outgoing::Outgoing;
use super::said::{PONG, PROBE, Said, UPGRADE};
use crate::engineio::{Polls, Session};

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
    /// Connects and enters the room that the token's account has. `session` is what was begun by polling, if anything
    /// was.
    pub async fn open(
        address: SocketAddr,
        dialect: Dialect,
        session: Option<Session>,
        token: &str,
        scratch: &Scratch,
    ) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let sid = session.as_ref().map(|session| session.sid.as_str());
        stream.write_all(dialect.handshake(token, sid).as_bytes()).await?;
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
        socket.switched().await?;
        if let Some(mut session) = session {
            socket.take_over(&mut session.polls).await?;
            socket.send(&dialect.join("", token)).await?;
        }
        loop {
            match socket.hear().await? {
                Said::Welcome(room) => socket.send(&dialect.join(&room, token)).await?,
                Said::Joined(room) => {
                    socket.room = room;
                    return Ok(socket);
                }
                _ => {}
            }
        }
    }

    /// Goes on with a session whose poll waits: probes, has the poll answered, and takes over.
    async fn take_over(&mut self, polls: &mut Polls) -> Result<()> {
        let probing = async {
            self.send(PROBE).await?;
            while self.hear().await? != Said::Probed {}
            Ok(())
        };
        let (last, ()) = try_join(polls.next(), probing).await?;
        ensure!(
            last == b"6",
            "the last poll was answered {}",
            String::from_utf8_lossy(last)
        );
        self.send(UPGRADE).await
    }

    /// The next thing that is of account while nobody publishes.
    async fn hear(&mut self) -> Result<Said> {
        let mut heard = Said::Other;
        while heard == Said::Other {
            self.receive(|incoming| match incoming {
                Incoming::Said(Said::Other) => Ok(()),
                Incoming::Said(said) if heard == Said::Other => {
                    heard = said;
                    Ok(())
                }
                Incoming::Said(said) => bail!("{said:?} came at once with {heard:?}"),
                Incoming::End(ending) => bail!("refused: {ending:?}"),
            })
            .await?;
        }
        Ok(heard)
    }

    async fn send(&self, text: &str) -> Result<()> {
        self.outgoing.send(&frame::masked(frame::TEXT, text.as_bytes()))?;
        self.outgoing.flush().await
    }

    /// Reads the answer to the handshake, and keeps what comes after it.
    async fn switched(&mut self) -> Result<()> {
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
                    Said::Ping => self.outgoing.send(&frame::masked(frame::TEXT, PONG.as_bytes()))?,
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
