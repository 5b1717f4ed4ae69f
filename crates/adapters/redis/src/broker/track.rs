#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tenon_rooms::{Event, Listener, Position, Room};
use tokio::sync::oneshot;

use super::reading::Reading;
use super::wire;

/// Who waits for a join to succeed.
pub type Reply = oneshot::Sender<Option<Position>>;

/// How far this instance has followed a room.
#[derive(Default)]
pub struct Track {
    /// How often the room is joined, those who wait included.
    joined: usize,
    /// Up to where events were delivered, once that is known.
    at: Option<Position>,
    /// Where that was when the last reading began.
    asked: Option<Position>,
    /// A message that was not the next one, since the last reading began.
    ahead: Option<Position>,
    /// Whether a reading is queued or under way.
    reading: bool,
    waiting: Vec<Reply>,
    /// Since when nobody is in the room.
    empty_since: Option<Instant>,
}

impl Track {
    pub fn join(&mut self, reply: Reply) {
        self.joined += 1;
        self.empty_since = None;
        match self.at {
            Some(at) => self.answer(reply, Some(at)),
            None => self.waiting.push(reply),
        }
    }

    pub fn leave(&mut self) {
        self.joined = self.joined.saturating_sub(1);
        if self.joined == 0 {
            self.empty_since = Some(Instant::now());
        }
    }

    fn answer(&mut self, reply: Reply, position: Option<Position>) {
        let counted = position.is_some();
        if reply.send(position).is_err() || !counted {
            self.leave();
        }
    }

    /// Answers those who wait.
    fn settle(&mut self, position: Option<Position>) {
        for reply in std::mem::take(&mut self.waiting) {
            self.answer(reply, position);
        }
    }

    /// The server cannot be asked now. Says whether there is anything left to follow.
    pub fn fail(&mut self) -> bool {
        self.settle(None);
        self.at.is_some()
    }

    /// Whether it is known how far the room was followed.
    pub const fn is_followed(&self) -> bool {
        self.at.is_some()
    }

    /// Whether nobody was in the room for so long.
    pub fn is_deserted(&self, linger: Duration) -> bool {
        self.empty_since.is_some_and(|since| since.elapsed() >= linger)
    }

    /// Whether a reading has to be queued. It is then.
    pub fn queue(&mut self) -> bool {
        !std::mem::replace(&mut self.reading, true)
    }

    /// A reading begins; says after which position.
    pub fn begin(&mut self) -> Option<Position> {
        self.ahead = None;
        self.asked = self.at;
        self.at
    }

    /// A message came. Says whether the room has to be read.
    pub fn message(&mut self, room: &Room, position: Position, text: &str, listener: &dyn Listener) -> bool {
        let Some(at) = self.at else {
            self.ahead = Some(position);
            return false;
        };
        if position.epoch == at.epoch && position.offset <= at.offset {
            return false;
        }
        if position == at.next() && self.deliver(position, || wire::event(room, position, text), listener) {
            return false;
        }
        self.ahead = Some(position);
        true
    }

    /// Delivers the next event to whoever is in the room. Says whether it could be read.
    fn deliver(&mut self, position: Position, event: impl FnOnce() -> Option<Event>, listener: &dyn Listener) -> bool {
        if self.joined > 0 {
            let Some(event) = event() else { return false };
            listener.deliver(Arc::new(event));
        }
        self.at = Some(position);
        true
    }

    /// The server answered what was asked after `asked`, or did not. Says whether the room has to be read again.
    pub fn read(&mut self, room: &Room, reading: Option<Reading>, listener: &dyn Listener) -> bool {
        self.reading = false;
        let Some(reading) = reading else {
            self.settle(None);
            return false;
        };
        let now = reading.position;
        match self.at {
            None => {
                self.at = Some(now);
                self.settle(Some(now));
            }
            Some(at) if at.epoch != now.epoch => self.lose(room, now, listener),
            Some(_) => self.catch_up(room, reading, listener),
        }
        let behind = |position: Position| {
            self.at
                .is_some_and(|at| at.epoch != position.epoch || at.offset < position.offset)
        };
        behind(now) || self.ahead.is_some_and(behind)
    }

    fn catch_up(&mut self, room: &Room, reading: Reading, listener: &dyn Listener) {
        let now = reading.position;
        for event in reading.events(room) {
            let (Some(event), Some(at)) = (event, self.at) else {
                break;
            };
            // What came by itself meanwhile.
            if event.position.offset <= at.offset {
                continue;
            }
            if event.position != at.next() {
                break;
            }
            self.deliver(event.position, || Some(event), listener);
        }
        // When messages came meanwhile, the answer may hold nothing new although the server has what follows.
        let stuck = self.at == self.asked && self.at.is_some_and(|at| at.offset < now.offset);
        if stuck {
            self.lose(room, now, listener);
        }
    }

    fn lose(&mut self, room: &Room, now: Position, listener: &dyn Listener) {
        self.at = Some(now);
        if self.joined > 0 {
            listener.lost(room, now);
        }
    }
}
