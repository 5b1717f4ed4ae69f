mod lane;
mod past;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use lane::Lane;
use parking_lot::RwLock;
use tenon_kernel::{Clock, Limit, Timestamp, Unavailable};
use tenon_rooms::{Broker, Event, EventKey, History, Listener, NewEvent, Position, Replay, Room};

/// How often rooms that nobody needs any more are looked for, at most.
const SWEEP: Duration = Duration::from_secs(10);

/// Brings events to those in this process.
///
/// A room has a count from its first use until nobody is in it and its history is past its age. When it is used again after
/// that, it has another epoch, so that nobody resumes in a count that is not theirs.
pub struct LocalBroker {
    clock: Arc<dyn Clock>,
    history: History,
    listener: Arc<dyn Listener>,
    lanes: RwLock<HashMap<Room, Arc<Lane>>>,
    /// When unused rooms were last looked for, in microseconds since 1970.
    swept: AtomicI64,
}

impl LocalBroker {
    /// A broker without rooms that keeps so much `history` of each, and tells `listener`.
    ///
    /// The listener may call the broker; what it publishes is delivered after what is being delivered.
    pub fn new(clock: Arc<dyn Clock>, history: History, listener: Arc<dyn Listener>) -> Self {
        Self {
            swept: AtomicI64::new(clock.now().as_micros()),
            clock,
            history,
            listener,
            lanes: RwLock::default(),
        }
    }

    /// How many rooms are held in memory.
    pub fn rooms(&self) -> usize {
        self.lanes.read().len()
    }

    fn lane(&self, room: &Room, now: Timestamp) -> Arc<Lane> {
        self.sweep(now);
        if let Some(lane) = self.lanes.read().get(room) {
            return Arc::clone(lane);
        }
        let mut lanes = self.lanes.write();
        Arc::clone(lanes.entry(*room).or_insert_with(|| Arc::new(Lane::new(*room, now))))
    }

    fn sweep(&self, now: Timestamp) {
        let swept = self.swept.load(Ordering::Relaxed);
        let due = now.since(Timestamp::from_micros(swept)) >= SWEEP.min(self.history.age);
        let exchange = |from, to| {
            self.swept
                .compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed)
        };
        if !due || exchange(swept, now.as_micros()).is_err() {
            return;
        }
        // Whoever works with a lane got it under this lock, so that one that nobody else holds stays unused.
        self.lanes
            .write()
            .retain(|_, lane| Arc::strong_count(lane) > 1 || !lane.is_over(now, &self.history));
    }
}

#[async_trait]
impl Broker for LocalBroker {
    async fn publish(&self, room: &Room, event: &NewEvent, once: Option<EventKey>) -> Result<Position, Unavailable> {
        let now = self.clock.now();
        let lane = self.lane(room, now);
        let position = lane.number(event, once, now, &self.history);
        lane.hand_over(&*self.listener);
        Ok(position)
    }

    async fn position(&self, room: &Room) -> Result<Position, Unavailable> {
        let now = self.clock.now();
        Ok(self.lane(room, now).position(now))
    }

    async fn since(&self, room: &Room, position: Position) -> Result<Replay, Unavailable> {
        let now = self.clock.now();
        Ok(self.lane(room, now).since(position, now, &self.history))
    }

    async fn latest(&self, room: &Room, most: Limit) -> Result<Vec<Arc<Event>>, Unavailable> {
        let now = self.clock.now();
        Ok(self.lane(room, now).latest(most, now, &self.history))
    }

    async fn join(&self, room: &Room) -> Result<Position, Unavailable> {
        let now = self.clock.now();
        Ok(self.lane(room, now).join(now))
    }

    fn leave(&self, room: &Room) {
        let now = self.clock.now();
        self.lane(room, now).leave(now);
    }
}
