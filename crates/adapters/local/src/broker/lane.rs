use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use tenon_kernel::{Limit, Timestamp};
use tenon_rooms::{Epoch, Event, EventKey, History, Listener, NewEvent, Offset, Position, Replay, Room};

use super::past::Past;

/// One room.
pub struct Lane {
    room: Room,
    state: Mutex<State>,
}

struct State {
    position: Position,
    past: Past,
    /// When somebody last had to do with the room.
    used: Timestamp,
    /// How often it is joined.
    joined: usize,
    /// What the listener has not been given yet.
    waiting: VecDeque<Arc<Event>>,
    /// The last event that the listener was given, or was not to be given.
    given: Offset,
    /// Whether somebody is giving the listener what waits.
    giving: bool,
}

impl Lane {
    pub fn new(room: Room, now: Timestamp) -> Self {
        let position = Position {
            epoch: Epoch::random(),
            offset: Offset::START,
        };
        Self {
            room,
            state: Mutex::new(State {
                position,
                past: Past::default(),
                used: now,
                joined: 0,
                waiting: VecDeque::new(),
                given: Offset::START,
                giving: false,
            }),
        }
    }

    /// Gives the event its position, unless an event with its key has one.
    pub fn number(&self, new: &NewEvent, once: Option<EventKey>, now: Timestamp, history: &History) -> Position {
        let mut state = self.state.lock();
        state.used = now;
        state.past.age(now, history);
        if let Some(before) = once.and_then(|key| state.past.find(key)) {
            return before;
        }
        let position = state.position.next();
        let event = Arc::new(Event {
            room: self.room,
            position,
            name: new.name.clone(),
            data: new.data.clone(),
            at: new.at,
            from: new.from,
        });
        state.position = position;
        if state.joined > 0 {
            state.waiting.push_back(Arc::clone(&event));
        }
        state.past.push(event, once, now, history);
        position
    }

    /// Gives the listener what waits, unless somebody is doing so already: they give what came meanwhile as well, so that
    /// events keep their order and no lock is held while the listener works.
    pub fn hand_over(&self, listener: &dyn Listener) {
        let Some(mut turn) = Turn::take(self) else { return };
        while let Some(event) = turn.next() {
            listener.deliver(event);
        }
    }

    pub fn position(&self, now: Timestamp) -> Position {
        let mut state = self.state.lock();
        state.used = now;
        state.position
    }

    pub fn since(&self, position: Position, now: Timestamp, history: &History) -> Replay {
        let mut state = self.state.lock();
        state.used = now;
        state.past.age(now, history);
        if position == state.position {
            return Replay::Events(Vec::new());
        }
        if position.epoch != state.position.epoch || position.offset > state.position.offset {
            return Replay::Gap(state.position);
        }
        match state.past.after(position.offset) {
            Some(events) => Replay::Events(events),
            None => Replay::Gap(state.position),
        }
    }

    pub fn latest(&self, most: Limit, now: Timestamp, history: &History) -> Vec<Arc<Event>> {
        let mut state = self.state.lock();
        state.used = now;
        state.past.age(now, history);
        state.past.latest(most.get())
    }

    pub fn join(&self, now: Timestamp) -> Position {
        let mut state = self.state.lock();
        state.used = now;
        if state.joined == 0 {
            state.given = state.position.offset;
        }
        state.joined += 1;
        Position {
            epoch: state.position.epoch,
            offset: state.given,
        }
    }

    pub fn leave(&self, now: Timestamp) {
        let mut state = self.state.lock();
        state.used = now;
        state.joined = state.joined.saturating_sub(1);
        if state.joined == 0 {
            state.waiting.clear();
        }
    }

    /// Whether the room may be forgotten. Forgets what is too old of it.
    pub fn is_over(&self, now: Timestamp, history: &History) -> bool {
        let mut state = self.state.lock();
        state.past.age(now, history);
        state.joined == 0 && state.past.is_empty() && now.since(state.used) >= history.age
    }
}

/// The right to call the listener.
struct Turn<'a> {
    lane: &'a Lane,
    over: bool,
}

impl<'a> Turn<'a> {
    fn take(lane: &'a Lane) -> Option<Self> {
        let mut state = lane.state.lock();
        if state.giving || state.waiting.is_empty() {
            return None;
        }
        state.giving = true;
        Some(Self { lane, over: false })
    }

    fn next(&mut self) -> Option<Arc<Event>> {
        let mut state = self.lane.state.lock();
        let next = state.waiting.pop_front();
        match &next {
            Some(event) => state.given = event.position.offset,
            None => {
                state.giving = false;
                self.over = true;
            }
        }
        next
    }
}

impl Drop for Turn<'_> {
    /// After a panic of the listener, the next one to publish goes on.
    fn drop(&mut self) {
        if !self.over {
            self.lane.state.lock().giving = false;
        }
    }
}
