use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tenon_rooms::{Attendance, Position, Room};

use super::connection::Connection;
use super::delivery::Batch;
use super::outlet::{Outlet, Word};
use super::presence::Watch;

/// A room, as far as one worker's sockets are in it.
#[derive(Default)]
pub(super) struct Members(RefCell<Vec<Rc<Membership>>>);

impl Members {
    pub fn add(&self, membership: Rc<Membership>) {
        let mut all = self.0.borrow_mut();
        membership.index.set(all.len());
        all.push(membership);
    }

    /// Says whether nobody is left.
    pub fn remove(&self, membership: &Membership) -> bool {
        let mut all = self.0.borrow_mut();
        let index = membership.index.get();
        if index < all.len() {
            all.swap_remove(index);
            if let Some(moved) = all.get(index) {
                moved.index.set(index);
            }
        }
        all.is_empty()
    }

    pub fn each(&self, mut act: impl FnMut(&Rc<Membership>)) {
        self.0.borrow().iter().for_each(&mut act);
    }

    /// At most `count` of those in the places before `end`; says where they begin. From the last place to the first, nobody is
    /// left out when others go meanwhile, because who is moved into a gap comes from behind.
    pub fn part(&self, end: usize, count: usize, act: impl FnMut(&Rc<Membership>)) -> usize {
        let all = self.0.borrow();
        let end = end.min(all.len());
        let begin = end.saturating_sub(count);
        all.get(begin..end).unwrap_or_default().iter().for_each(act);
        begin
    }

    /// Everybody, for what may change who is there.
    pub fn all(&self) -> Vec<Rc<Membership>> {
        self.0.borrow().clone()
    }
}

/// A socket in a room.
pub(crate) struct Membership {
    pub room: Room,
    pub connection: Rc<Connection>,
    /// The connection's, which is nearer from here.
    pub outlet: Outlet,
    index: Cell<usize>,
    pub pace: Cell<Pace>,
    /// All up to there was sent; nothing yet without it.
    pub cursor: Cell<Option<Position>>,
    /// The latest event that came while the socket was not live.
    pub seen: Cell<Option<Position>>,
    /// The broker counts it.
    pub joined: Cell<bool>,
    pub left: Cell<bool>,
    /// An event came with which the room ends.
    pub over: Cell<bool>,
    pub attendance: Cell<Option<Attendance>>,
    /// Wants to hear who comes and goes.
    pub watch: RefCell<Option<Watch>>,
}

/// How a socket hears of a room's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Not yet: where the room is has been asked.
    Joining,
    /// Not yet: the client may want to resume, and says so first.
    Parked,
    /// As they come.
    Live,
    /// From history, as soon as there is room.
    Behind,
    /// From history, which was asked.
    Fetching,
}

impl Membership {
    pub fn new(room: Room, connection: Rc<Connection>) -> Rc<Self> {
        Rc::new(Self {
            room,
            outlet: connection.outlet.clone(),
            connection,
            index: Cell::new(0),
            pace: Cell::new(Pace::Joining),
            cursor: Cell::new(None),
            seen: Cell::new(None),
            joined: Cell::new(false),
            left: Cell::new(false),
            over: Cell::new(false),
            attendance: Cell::new(None),
            watch: RefCell::default(),
        })
    }

    /// Sends the batch if it goes on where the socket is, and says how many frames that were. Anything else is made good
    /// from history.
    pub fn offer(&self, batch: &Batch<'_>) -> usize {
        let last = batch.last;
        if batch.ends_room {
            self.over.set(true);
        }
        if self.pace.get() == Pace::Live {
            let cursor = self.cursor.get();
            if cursor.is_some_and(|cursor| cursor.next() == batch.first)
                && let Some(frames) = self.take(batch)
            {
                return frames;
            }
            if cursor.is_some_and(|cursor| cursor.epoch == last.epoch && cursor.offset >= last.offset) {
                return 0;
            }
            self.fall_behind();
        }
        self.seen.set(Some(last));
        0
    }

    /// Sends the batch, and says how many frames that were; nothing when there is no room for it.
    pub fn take(&self, batch: &Batch<'_>) -> Option<usize> {
        let frames = self.outlet.send(batch)?;
        self.cursor.set(Some(batch.last));
        if batch.ends_room {
            self.over.set(true);
        }
        Some(frames)
    }

    /// Events are gone for good: goes on after them, and says so.
    pub fn skip_to(&self, position: Position) {
        self.outlet.say(&Word::Gap(&self.room, position));
        self.cursor.set(Some(position));
    }

    /// Goes on from history.
    pub fn fall_behind(&self) {
        if matches!(self.pace.get(), Pace::Live | Pace::Parked | Pace::Joining) {
            self.pace.set(Pace::Behind);
            self.connection.behind.set(true);
        }
    }

    /// Whether an event came that was not sent.
    pub fn missed(&self) -> bool {
        match (self.seen.get(), self.cursor.get()) {
            (None, _) => false,
            (Some(seen), Some(cursor)) => seen.epoch != cursor.epoch || seen.offset > cursor.offset,
            (Some(_), None) => true,
        }
    }
}
