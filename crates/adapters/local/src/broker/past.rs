use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tenon_kernel::Timestamp;
use tenon_rooms::{Event, EventKey, History, Offset, Position};

struct Kept {
    event: Arc<Event>,
    key: Option<EventKey>,
    at: Timestamp,
}

/// The latest events of a room, without a hole between them.
#[derive(Default)]
pub struct Past {
    kept: VecDeque<Kept>,
    keys: HashMap<EventKey, Position>,
}

impl Past {
    /// Where the event with this key is.
    pub fn find(&self, key: EventKey) -> Option<Position> {
        self.keys.get(&key).copied()
    }

    /// Keeps the event that follows the last one.
    pub fn push(&mut self, event: Arc<Event>, key: Option<EventKey>, at: Timestamp, history: &History) {
        if let Some(key) = key {
            self.keys.insert(key, event.position);
        }
        self.kept.push_back(Kept { event, key, at });
        if self.kept.len() > usize::try_from(history.events.get()).unwrap_or(usize::MAX) {
            self.forget_first();
        }
    }

    /// Forgets what is too old.
    pub fn age(&mut self, now: Timestamp, history: &History) {
        while self.kept.front().is_some_and(|kept| now.since(kept.at) >= history.age) {
            self.forget_first();
        }
        if self.kept.is_empty() {
            *self = Self::default();
        }
    }

    fn forget_first(&mut self) {
        if let Some(Kept { key: Some(key), .. }) = self.kept.pop_front() {
            self.keys.remove(&key);
        }
    }

    /// The events after an offset that the room has passed; nothing when the first of them is gone.
    pub fn after(&self, offset: Offset) -> Option<Vec<Arc<Event>>> {
        let first = self.kept.front()?.event.position.offset;
        let skipped = offset.next().get().checked_sub(first.get())?;
        let later = self.kept.iter().skip(usize::try_from(skipped).ok()?);
        Some(later.map(|kept| Arc::clone(&kept.event)).collect())
    }

    /// The last `most` events, or as many as are kept.
    pub fn latest(&self, most: usize) -> Vec<Arc<Event>> {
        let earlier = self.kept.len().saturating_sub(most);
        self.kept
            .iter()
            .skip(earlier)
            .map(|kept| Arc::clone(&kept.event))
            .collect()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}
