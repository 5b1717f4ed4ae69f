use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tenon_rooms::{Event, Listener, Position, Room};
use tokio::sync::Notify;
use tokio::time::timeout;

/// What a listener was told, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Event(Arc<Event>),
    Lost(Position),
}

/// A listener that writes down what it is told.
#[derive(Debug, Default)]
pub struct Ear {
    rooms: Mutex<HashMap<Room, Vec<Heard>>>,
    news: Notify,
}

impl Listener for Ear {
    fn deliver(&self, event: Arc<Event>) {
        let room = event.room;
        self.note(room, Heard::Event(event));
    }

    fn lost(&self, room: &Room, position: Position) {
        self.note(*room, Heard::Lost(position));
    }
}

impl Ear {
    fn note(&self, room: Room, heard: Heard) {
        self.rooms.lock().entry(room).or_default().push(heard);
        self.news.notify_waiters();
    }

    /// All that was told of the room so far.
    pub fn all(&self, room: &Room) -> Vec<Heard> {
        self.rooms.lock().get(room).cloned().unwrap_or_default()
    }

    /// The events of the room that were delivered so far.
    pub fn events(&self, room: &Room) -> Vec<Arc<Event>> {
        let event = |heard| match heard {
            Heard::Event(event) => Some(event),
            Heard::Lost(_) => None,
        };
        self.all(room).into_iter().filter_map(event).collect()
    }

    /// What was told of the room once `enough` says so; fails after 20 seconds.
    pub async fn until(&self, room: &Room, what: &str, enough: impl Fn(&[Heard]) -> bool) -> Vec<Heard> {
        let waiting = async {
            loop {
                let news = self.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                let all = self.all(room);
                if enough(&all) {
                    return all;
                }
                news.await;
            }
        };
        match timeout(Duration::from_secs(20), waiting).await {
            Ok(all) => all,
            Err(_) => panic!("waited in vain for {what}; heard {:?}", self.summary(room)),
        }
    }

    /// The events up to this position, which is waited for.
    pub async fn up_to(&self, room: &Room, position: Position) -> Vec<Arc<Event>> {
        let arrived = |heard: &Heard| matches!(heard, Heard::Event(event) if event.position == position);
        self.until(room, &format!("{position:?}"), |all| all.iter().any(arrived))
            .await;
        self.events(room)
    }

    /// Fails unless every event is the one after the event or the loss before it, the first the one after `start`.
    pub fn assert_unbroken(&self, room: &Room, start: Position) {
        let mut at = start;
        for heard in self.all(room) {
            match heard {
                Heard::Event(event) => {
                    assert_eq!(event.position, at.next(), "in {:?}", self.summary(room));
                    assert_eq!(event.room, *room);
                    at = event.position;
                }
                Heard::Lost(position) => at = position,
            }
        }
    }

    fn summary(&self, room: &Room) -> Vec<String> {
        let line = |heard: &Heard| match heard {
            Heard::Event(event) => format!("{}", event.position.offset),
            Heard::Lost(position) => format!("lost {position:?}"),
        };
        self.all(room).iter().map(line).collect()
    }
}
