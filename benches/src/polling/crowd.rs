use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures_util::future::{try_join, try_join_all};
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use hdrhistogram::Histogram;
use tokio::task::unconstrained;

use super::poller::Poller;
use crate::sockets::{Dialect, GRACE, Heard, Host, Running, Stream};

/// How many handshakes are under way at once.
const AT_ONCE: usize = 64;

/// Many clients of one server.
pub struct Crowd {
    dialect: Dialect,
    pollers: Vec<Poller>,
}

impl Crowd {
    /// Opens so many sessions of one account, and waits until each is in its room.
    pub async fn open(host: &Host, count: usize) -> Result<Self> {
        let token: Rc<str> = host.tokens().await?.first().context("no account")?.as_str().into();
        let opening = |_| Poller::open(host.address(), host.dialect, Rc::clone(&token));
        let pollers = iter(0..count)
            .map(opening)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
            .context("opening a session")?;
        Ok(Self {
            dialect: host.dialect,
            pollers,
        })
    }

    /// Publishes a stream through one of the clients and has all of them hear it.
    ///
    /// # Errors
    /// When a client misses an event, hears one twice or too early, is turned away, or waits too long.
    pub async fn hear(&mut self, stream: Stream) -> Result<Heard> {
        let count = self.pollers.len();
        let publisher = self.pollers.first().context("nobody is there")?;
        let (posts, room) = (Rc::clone(&publisher.posts), publisher.room.clone());
        let running = Running::new(stream)?;
        let publishing = running.publish(self.dialect, &room, &*posts);
        let pollers = self.pollers.iter_mut().enumerate();
        let hearing = try_join_all(pollers.map(|(index, poller)| poller.hear(index, stream.events, &running)));
        tokio::time::timeout(stream.limit()?, unconstrained(try_join(publishing, hearing)))
            .await
            .context("events were lost")??;
        running.end(count)
    }

    /// Has every client send one event after the other, each when the last one is acknowledged.
    ///
    /// # Errors
    /// When an event is refused, or not answered once and in its turn.
    pub async fn ask(&mut self, time: Duration) -> Result<Heard> {
        let begun = Instant::now();
        let latency = RefCell::new(Histogram::new_with_bounds(1, 600_000_000, 3)?);
        let asking = self.pollers.iter_mut().map(|poller| poller.ask(begun + time, &latency));
        tokio::time::timeout(time + GRACE, unconstrained(try_join_all(asking)))
            .await
            .context("the server stopped answering")??;
        Ok(Heard {
            elapsed: begun.elapsed(),
            latency: latency.into_inner(),
        })
    }

    /// Ends all sessions.
    pub async fn close(self) -> Result<()> {
        try_join_all(self.pollers.iter().map(Poller::close)).await?;
        Ok(())
    }
}
