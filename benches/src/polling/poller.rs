use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use futures_util::future::try_join;
use hdrhistogram::Histogram;

use crate::engineio::{Polls, Posts, SEPARATOR, Session, packets};
use crate::sockets::{CLOSE, Dialect, Outlet, PONG, Running, Said};

/// A client that polls: a GET that waits, and a POST for what it has to say.
pub struct Poller {
    dialect: Dialect,
    token: Rc<str>,
    polls: Polls,
    /// Towards the server.
    pub posts: Rc<Posts>,
    /// As the server calls it.
    pub room: String,
    hint: Cell<usize>,
    /// The server waits for a pong.
    pinged: bool,
    asked: usize,
}

impl Poller {
    /// Shakes hands and enters the room that the token's account has.
    pub async fn open(address: SocketAddr, dialect: Dialect, token: Rc<str>) -> Result<Self> {
        let session = Session::open(address).await?;
        session.posts.send(&dialect.join("", &token)).await?;
        let mut poller = Self {
            dialect,
            token,
            polls: session.polls,
            posts: Rc::new(session.posts),
            room: String::new(),
            hint: Cell::new(0),
            pinged: false,
            asked: 0,
        };
        let mut joined = None;
        while joined.is_none() {
            poller
                .receive(|said| {
                    if let Said::Joined(room) = said {
                        joined = Some(room);
                    }
                    Ok(())
                })
                .await?;
        }
        poller.room = joined.unwrap_or_default();
        Ok(poller)
    }

    /// Hears a stream to its end.
    pub async fn hear(&mut self, index: usize, events: usize, running: &Running) -> Result<()> {
        let mut next = 0;
        while next < events {
            let mut now = None;
            self.receive(|said| match said {
                Said::Event(number) => {
                    ensure!(number == next, "client {index} heard {number} where {next} was due");
                    next += 1;
                    running.delivered(number, *now.get_or_insert_with(Instant::now))
                }
                Said::Gap => bail!("client {index} was not given event {next}"),
                _ => Ok(()),
            })
            .await?;
        }
        Ok(())
    }

    /// Has events acknowledged, one after the other: each is posted while a poll waits, and done when both are answered.
    pub async fn ask(&mut self, until: Instant, latency: &RefCell<Histogram<u64>>) -> Result<()> {
        let posts = Rc::clone(&self.posts);
        while Instant::now() < until {
            let number = self.asked;
            self.asked += 1;
            let text = self.dialect.renew(number, &self.token);
            let begun = Instant::now();
            try_join(self.answer(number), posts.send(&text)).await?;
            let micros = u64::try_from(begun.elapsed().as_micros())?;
            latency.borrow_mut().saturating_record(micros);
        }
        Ok(())
    }

    async fn answer(&mut self, number: usize) -> Result<()> {
        let mut answered = false;
        while !answered {
            self.receive(|said| match said {
                Said::Answer(to) => {
                    ensure!(to == number && !answered, "{to} was answered where {number} was due");
                    answered = true;
                    Ok(())
                }
                _ => Ok(()),
            })
            .await?;
        }
        Ok(())
    }

    /// Polls once and handles all that came. A ping is answered beside the next poll.
    async fn receive(&mut self, mut handle: impl FnMut(Said) -> Result<()>) -> Result<()> {
        let pinged = std::mem::take(&mut self.pinged);
        let pong = async { if pinged { self.posts.send(PONG).await } else { Ok(()) } };
        let (payload, ()) = try_join(self.polls.next(), pong).await?;
        for packet in packets(payload) {
            match self.dialect.read(packet, &self.hint)? {
                Said::Ping => self.pinged = true,
                said => handle(said)?,
            }
        }
        Ok(())
    }

    /// Ends the session.
    pub async fn close(&self) -> Result<()> {
        self.posts.send(CLOSE).await
    }
}

impl Outlet for Posts {
    fn append(&self, text: &str, batch: &mut Vec<u8>) {
        if !batch.is_empty() {
            batch.push(SEPARATOR);
        }
        batch.extend_from_slice(text.as_bytes());
    }

    async fn send(&self, batch: &[u8]) -> Result<()> {
        Self::send(self, std::str::from_utf8(batch)?).await
    }
}
