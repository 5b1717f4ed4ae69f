use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::{try_join, try_join_all};
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use serde::Serialize;
use tokio::task::unconstrained;

use super::dialect::Dialect;
use super::host::Host;
use super::said::Said;
use super::socket::{Ending, Incoming, Scratch, Socket};
use super::stream::{Heard, Running, Stream};
use crate::engineio::Session;

/// How many handshakes are under way at once.
const AT_ONCE: usize = 64;

/// What one read takes at most.
const SCRATCH: usize = 256 * 1024;

/// When nothing has come for so long, nothing more does.
const QUIET: Duration = Duration::from_secs(2);

/// What sockets read in the end.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finish {
    /// Events.
    pub events: usize,
    /// Times that one was told that events are missing.
    pub gaps: usize,
    /// How the last one was ended.
    pub ending: Option<Ending>,
}

/// Many sockets of one server.
pub struct Crowd {
    dialect: Dialect,
    sockets: Vec<Socket>,
}

impl Crowd {
    /// Opens so many sockets, spread over the host's accounts, and waits until each is in its account's room.
    pub async fn open(host: &Host, count: usize) -> Result<Self> {
        let scratch = Scratch::new(vec![0; SCRATCH].into());
        let tokens = host.tokens().await?;
        let opening = |index: usize| {
            let token = tokens.get(index % tokens.len()).cloned().unwrap_or_default();
            let scratch = Rc::clone(&scratch);
            async move { open(host, &token, &scratch).await.context("opening a socket") }
        };
        let sockets = iter(0..count)
            .map(opening)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(Self {
            dialect: host.dialect,
            sockets,
        })
    }

    /// Takes in the sockets of another crowd, which are in the same room.
    pub fn with(mut self, other: Self) -> Self {
        self.sockets.extend(other.sockets);
        self
    }

    /// Publishes a stream through one of the sockets and has all of them hear it.
    ///
    /// # Errors
    /// When a socket misses an event, hears one twice or too early, is ended, or waits too long.
    pub async fn hear(&mut self, stream: Stream) -> Result<Heard> {
        let count = self.sockets.len();
        let publisher = self.sockets.first().context("nobody is there")?;
        let (outgoing, room) = (Rc::clone(&publisher.outgoing), publisher.room.clone());
        let running = Running::new(stream)?;
        let publishing = running.publish(self.dialect, &room, &*outgoing);
        let sockets = self.sockets.iter_mut().enumerate();
        let hearing = try_join_all(sockets.map(|(index, socket)| hear(index, socket, stream.events, &running)));
        tokio::time::timeout(stream.limit()?, unconstrained(try_join(publishing, hearing)))
            .await
            .context("events were lost")??;
        running.end(count)
    }

    /// Has the sockets read what waits for them, until they are ended or nothing more comes.
    pub async fn finish(&mut self) -> Result<Finish> {
        let mut finish = Finish::default();
        for socket in &mut self.sockets {
            loop {
                let reading = socket.receive(|incoming| {
                    match incoming {
                        Incoming::Said(Said::Event(_)) => finish.events += 1,
                        Incoming::Said(Said::Gap) => finish.gaps += 1,
                        Incoming::Said(_) => {}
                        Incoming::End(ending) => finish.ending = Some(ending),
                    }
                    Ok(())
                });
                let Ok(read) = tokio::time::timeout(QUIET, reading).await else {
                    break;
                };
                read?;
                if finish.ending.is_some() {
                    break;
                }
            }
        }
        Ok(finish)
    }

    /// Has the sockets do nothing but answer pings for a while.
    pub async fn rest(&mut self, time: Duration) -> Result<()> {
        let resting = try_join_all(self.sockets.iter_mut().map(rest));
        match tokio::time::timeout(time, unconstrained(resting)).await {
            Ok(Err(error)) => Err(error),
            Ok(Ok(_)) | Err(_) => Ok(()),
        }
    }
}

async fn open(host: &Host, token: &str, scratch: &Scratch) -> Result<Socket> {
    let session = match host.upgrade {
        true => Some(Session::open(host.address()).await?),
        false => None,
    };
    Socket::open(host.address(), host.dialect, session, token, scratch).await
}

async fn hear(index: usize, socket: &mut Socket, events: usize, running: &Running) -> Result<()> {
    let mut next = 0;
    while next < events {
        let mut now = None;
        socket
            .receive(|incoming| match incoming {
                Incoming::Said(Said::Event(number)) => {
                    ensure!(number == next, "socket {index} heard {number} where {next} was due");
                    next += 1;
                    running.delivered(number, *now.get_or_insert_with(Instant::now))
                }
                Incoming::Said(Said::Gap) => bail!("socket {index} was not given event {next}"),
                Incoming::Said(_) => Ok(()),
                Incoming::End(ending) => bail!("socket {index} was ended before event {next}: {ending:?}"),
            })
            .await?;
    }
    Ok(())
}

async fn rest(socket: &mut Socket) -> Result<()> {
    loop {
        socket
            .receive(|incoming| match incoming {
                Incoming::End(ending) => bail!("an idle socket was ended: {ending:?}"),
                Incoming::Said(_) => Ok(()),
            })
            .await?;
    }
}
