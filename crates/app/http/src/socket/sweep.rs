//! Looking after the sockets of a worker: signs of life, tokens that end, clients that do not read, and the end.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tenon_websocket::{Close, frame};

use super::codes;
use super::connection::Connection;
use super::hub::{Hub, TICK};
use super::outlet::Word;
use super::room::Pace;

/// Tokens and signs of life are looked at every so many ticks: each second.
const SWEEP: u32 = 4;

/// An instance that stops says so to one part of its sockets after the other, a part each tick.
pub(super) const PARTS: u32 = 8;

/// Clients come back spread over this time.
const RETRY: Duration = Duration::from_secs(2);

impl Hub {
    pub(super) fn tick(self: &Rc<Self>) {
        let now = Instant::now();
        self.begin_parked(now);
        self.look_at_presence();
        let all: Vec<Rc<Connection>> = self
            .connections
            .borrow()
            .iter()
            .map(|(_, open)| Rc::clone(open))
            .collect();
        for connection in all.iter().filter(|connection| connection.behind.get()) {
            self.resume(connection);
        }
        self.look_at_mailboxes(&all);
        if self.ticks.get().is_multiple_of(SWEEP) {
            self.sweep(&all, now);
        }
        if self.sockets.is_draining() {
            self.drain(&all);
        }
    }

    fn sweep(&self, all: &[Rc<Connection>], now: Instant) {
        let mut queued = 0;
        for connection in all {
            queued += connection.outlet.queued();
            if let Some((close, drop)) = self.fault(connection, now) {
                self.end(connection, &close, drop);
            }
        }
        let rooms = self.rooms.borrow().len();
        self.inbox.state(queued, rooms);
    }

    /// Why the connection must end, if it must, and whether what waits for it is dropped.
    fn fault(&self, connection: &Connection, now: Instant) -> Option<(Close, bool)> {
        if !connection.outlet.is_open() {
            return None;
        }
        if let Some(close) = self.revocation(connection) {
            return Some((close, false));
        }
        // Socket.IO's heartbeats are part of its own protocol.
        let link = connection.outlet.native()?;
        let settings = &self.api.settings.sockets;
        if link
            .stalled()
            .is_some_and(|since| now.duration_since(since) >= settings.stalled)
        {
            self.sockets.metrics.slow.inc();
            return Some((Close::new(codes::TOO_SLOW, "the socket takes nothing"), true));
        }
        let silent = now.duration_since(link.heard());
        if silent >= settings.dead {
            return Some((Close::new(codes::NO_PONG, "no sign of life"), true));
        }
        if silent >= settings.heartbeat && !connection.pinged.replace(true) {
            link.reply(frame::ping());
        }
        None
    }

    /// Why whoever is connected may not be there any more.
    fn revocation(&self, connection: &Connection) -> Option<Close> {
        let (claims, now) = (connection.claims.borrow(), self.api.clock.now());
        codes::of_standing(self.api.accounts.standing(&claims, now))
    }

    /// Whether what the connection asks for may still be done; ends it when not, as the next sweep would.
    pub(crate) fn still_stands(&self, connection: &Connection) -> bool {
        let Some(close) = self.revocation(connection) else {
            return true;
        };
        self.end(connection, &close, false);
        false
    }

    /// Ends a connection, after what waits for it or without.
    pub(crate) fn end(&self, connection: &Connection, close: &Close, drop_waiting: bool) {
        if connection.outlet.is_open() {
            self.sockets.metrics.closed(close.code);
        }
        if drop_waiting {
            connection.outlet.abort(close);
        } else {
            connection.outlet.close(close);
        }
    }

    /// Goes on with rooms that are to be made good from history, if there is space again.
    pub(crate) fn resume(self: &Rc<Self>, connection: &Connection) {
        if !connection.behind.get() || !connection.outlet.has_drained() {
            return;
        }
        connection.behind.set(false);
        let rooms = connection.rooms.borrow().clone();
        for membership in rooms.iter().filter(|membership| membership.pace.get() == Pace::Behind) {
            self.catch_up(membership);
        }
    }

    fn begin_parked(self: &Rc<Self>, now: Instant) {
        let mut due = Vec::new();
        self.parked.borrow_mut().retain(|(until, membership)| {
            let waits = *until > now && membership.pace.get() == Pace::Parked && !membership.left.get();
            if !waits {
                due.push(Rc::clone(membership));
            }
            waits
        });
        for membership in due.iter().filter(|membership| !membership.left.get()) {
            self.unpark(membership);
        }
    }

    /// Tells a part of the sockets in each tick, and ends those that were told in the tick before.
    fn drain(&self, all: &[Rc<Connection>]) {
        let tick = self.ticks.get();
        let since = self.draining.get().unwrap_or(tick);
        self.draining.set(Some(since));
        let step = tick.wrapping_sub(since);
        let random = RandomState::new();
        for connection in all.iter().filter(|connection| connection.outlet.is_open()) {
            let hash = random.hash_one(connection.id.as_bytes());
            // By the random bits of the id.
            let part = u32::from(connection.id.as_bytes().last().copied().unwrap_or_default()) % PARTS;
            if part == step {
                let spread = u64::try_from(RETRY.as_millis()).unwrap_or(u64::MAX).max(1);
                let wait = Duration::from_millis(hash % spread);
                connection.outlet.say(&Word::Drain(wait));
            } else if part < step {
                self.end(connection, &codes::restarting(), false);
            }
        }
    }
}

/// How long it takes at most until every socket was told and ended.
pub(super) const DRAINED: Duration = TICK.saturating_mul(PARTS + 2);
