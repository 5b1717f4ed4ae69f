use std::sync::OnceLock;

use parking_lot::Mutex;
use tenon_kernel::Id;
use tenon_rooms::{Event, EventData, EventName};

use super::*;

const START: i64 = 1_800_000_000_000_000;
const MINUTE: Duration = Duration::from_secs(60);

struct SetClock(AtomicI64);

impl SetClock {
    fn advance(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap();
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

type Reaction = Box<dyn Fn(&Event) + Send + Sync>;

/// Writes down what it hears, and does what a test wants at each event.
#[derive(Default)]
struct Ear {
    heard: Mutex<Vec<u64>>,
    react: OnceLock<Reaction>,
}

impl Listener for Ear {
    fn deliver(&self, event: Arc<Event>) {
        self.heard.lock().push(event.position.offset.get());
        if let Some(react) = self.react.get() {
            react(&event);
        }
    }

    fn lost(&self, room: &Room, position: Position) {
        panic!("{room} lost events before {position:?}");
    }
}

fn broker() -> (Arc<SetClock>, Arc<Ear>, Arc<LocalBroker>) {
    let (clock, ear) = (Arc::new(SetClock(AtomicI64::new(START))), Arc::new(Ear::default()));
    let broker = LocalBroker::new(clock.clone(), History::default(), ear.clone());
    (clock, ear, Arc::new(broker))
}

fn room(number: i64) -> Room {
    Room::Organization(Id::at(Timestamp::from_micros(START + number)))
}

fn event() -> NewEvent {
    NewEvent {
        name: EventName::parse("a").unwrap(),
        data: EventData::parse("1").unwrap(),
        at: Timestamp::from_micros(START),
        from: None,
    }
}

async fn count(broker: &LocalBroker, room: &Room, since: Position) -> Option<usize> {
    match broker.since(room, since).await.unwrap() {
        Replay::Events(events) => Some(events.len()),
        Replay::Gap(_) => None,
    }
}

#[tokio::test]
async fn an_event_is_kept_for_ten_minutes_whatever_follows() {
    let (clock, _, broker) = broker();
    let room = room(0);
    let start = broker.position(&room).await.unwrap();
    let first = broker.publish(&room, &event(), None).await.unwrap();
    clock.advance(9 * MINUTE);
    broker.publish(&room, &event(), None).await.unwrap();
    assert_eq!(count(&broker, &room, start).await, Some(2));
    clock.advance(MINUTE);
    assert_eq!(count(&broker, &room, start).await, None);
    assert_eq!(count(&broker, &room, first).await, Some(1));
}

#[tokio::test]
async fn rooms_without_members_are_forgotten_with_their_history() {
    let (clock, _, broker) = broker();
    let (empty, busy) = (room(0), room(1));
    let last = broker.publish(&empty, &event(), None).await.unwrap();
    broker.join(&busy).await.unwrap();
    clock.advance(9 * MINUTE);
    broker.position(&busy).await.unwrap();
    assert_eq!(broker.rooms(), 2);
    clock.advance(MINUTE);
    broker.position(&busy).await.unwrap();
    assert_eq!(broker.rooms(), 1);
    let again = broker.publish(&empty, &event(), None).await.unwrap();
    assert_ne!(again.epoch, last.epoch);
    assert_eq!(count(&broker, &empty, last).await, None);
    clock.advance(10 * MINUTE);
    assert_eq!(broker.position(&busy).await.unwrap().offset.get(), 0);
}

#[tokio::test]
async fn a_flood_of_rooms_does_not_grow_memory_without_bound() {
    let (clock, _, broker) = broker();
    for number in 0..50_000 {
        broker.publish(&room(number), &event(), None).await.unwrap();
        clock.advance(Duration::from_millis(100));
    }
    assert!(broker.rooms() <= 6_200, "{} rooms", broker.rooms());
}

#[tokio::test]
async fn a_listener_that_calls_the_broker_hears_what_it_publishes_afterwards() {
    let (_, ear, broker) = broker();
    let room = room(0);
    let weak = Arc::downgrade(&broker);
    let react = move |event: &Event| {
        let (Some(broker), 1..=3) = (weak.upgrade(), event.position.offset.get()) else {
            return;
        };
        let calls = async {
            broker.join(&room).await.unwrap();
            broker.publish(&room, &self::event(), None).await.unwrap();
            broker.since(&room, event.position).await.unwrap();
            broker.leave(&room);
        };
        futures_util::FutureExt::now_or_never(calls).unwrap();
    };
    assert!(ear.react.set(Box::new(react)).is_ok());
    broker.join(&room).await.unwrap();
    broker.publish(&room, &event(), None).await.unwrap();
    assert_eq!(*ear.heard.lock(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_listener_that_panicked_once_is_called_again() {
    let (_, ear, broker) = broker();
    let room = room(0);
    let react = |event: &Event| assert_ne!(event.position.offset.get(), 2, "the second is too much");
    assert!(ear.react.set(Box::new(react)).is_ok());
    broker.join(&room).await.unwrap();
    for _ in 0..3 {
        let broker = broker.clone();
        // The second one fails.
        let _ = tokio::spawn(async move { broker.publish(&room, &event(), None).await.unwrap() }).await;
    }
    assert_eq!(*ear.heard.lock(), [1, 2, 3]);
}
