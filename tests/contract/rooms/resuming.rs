use std::time::Duration;

use tenon_kernel::Limit;
use tenon_rooms::{Broker, Epoch, Event, EventData, EventName, NewEvent, Offset, Position, Replay, Room};
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_broker;
use tenon_tests::rooms::{Instance, event, room, rooms};
use tokio::time::sleep;

async fn publish(broker: &dyn Broker, room: &Room, events: u64) -> Vec<Position> {
    let mut positions = Vec::new();
    for number in 0..events {
        positions.push(broker.publish(room, &event(number), None).await.unwrap());
    }
    positions
}

/// The offsets of what was missed; nothing for a gap, which has to name the position of now.
async fn missed(broker: &dyn Broker, room: &Room, since: Position) -> Option<Vec<u64>> {
    let now = broker.position(room).await.unwrap();
    match broker.since(room, since).await.unwrap() {
        Replay::Events(events) => Some(events.iter().map(|event| event.position.offset.get()).collect()),
        Replay::Gap(position) => {
            assert_eq!(position, now);
            None
        }
    }
}

for_each_broker!(what_was_missed_is_exactly_what_was_published, |kind| {
    let instance = Instance::start(kind).await;
    let texts = ["null", r#"{"b" : 1e400, "a":"ä\u0000 '\" "}"#, "\"\\n\"", "[ ]"];
    for room in rooms() {
        let start = instance.broker.position(&room).await.unwrap();
        let mut published = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            let new = NewEvent {
                name: EventName::known("tenon:a_b-c.d").unwrap(),
                data: EventData::parse(text).unwrap(),
                ..event(number as u64)
            };
            let position = instance.broker.publish(&room, &new, None).await.unwrap();
            published.push(Event {
                room,
                position,
                name: new.name,
                data: new.data,
                at: new.at,
                from: new.from,
            });
        }
        let Replay::Events(events) = instance.broker.since(&room, start).await.unwrap() else {
            panic!("a gap in {room}")
        };
        let events: Vec<Event> = events.iter().map(|event| (**event).clone()).collect();
        assert_eq!(events, published);
    }
});

for_each_broker!(the_latest_events_are_had_without_a_position, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    let latest = async |most| {
        let events = instance.broker.latest(&room, Limit::new(most).unwrap()).await.unwrap();
        events
            .iter()
            .map(|event| event.position.offset.get())
            .collect::<Vec<_>>()
    };
    assert_eq!(latest(100).await, Vec::<u64>::new());
    let published = publish(&*instance.broker, &room, 7).await;
    let offsets: Vec<u64> = published.iter().map(|position| position.offset.get()).collect();
    assert_eq!(latest(100).await, offsets);
    assert_eq!(latest(7).await, offsets);
    assert_eq!(latest(2).await, offsets[5..]);
});

for_each_broker!(everybody_gets_what_followed_their_position, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    let start = instance.broker.position(&room).await.unwrap();
    let positions = publish(&*instance.broker, &room, 250).await;
    let other = instance.beside().await;
    for since in [
        start,
        positions[0],
        positions[99],
        positions[100],
        positions[248],
        positions[249],
    ] {
        let expected: Vec<u64> = (since.offset.get() + 1..=start.offset.get() + 250).collect();
        for broker in [&instance.broker, &other.broker] {
            assert_eq!(missed(&**broker, &room, since).await, Some(expected.clone()));
        }
    }
});

for_each_broker!(the_largest_history_is_replayed_whole, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    let start = instance.broker.position(&room).await.unwrap();
    let large = NewEvent {
        data: EventData::parse(&format!("\"{}\"", "x".repeat(EventData::MAX_BYTES - 2))).unwrap(),
        ..event(1)
    };
    for _ in 0..1_000 {
        instance.broker.publish(&room, &large, None).await.unwrap();
    }
    assert_eq!(missed(&*instance.broker, &room, start).await.unwrap().len(), 1_000);
});

for_each_broker!(another_epoch_and_the_future_are_gaps, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    let last = publish(&*instance.broker, &room, 3).await[2];
    let strange = [
        Position {
            epoch: Epoch::random(),
            ..last
        },
        Position {
            epoch: Epoch::random(),
            offset: Offset::START,
        },
        last.next(),
        Position {
            offset: Offset::new(u64::MAX),
            ..last
        },
    ];
    for position in strange {
        assert_eq!(missed(&*instance.broker, &room, position).await, None, "{position:?}");
    }
    assert_eq!(missed(&*instance.broker, &room, last).await, Some(Vec::new()));
    for position in strange {
        let fresh = tenon_tests::rooms::room();
        assert_eq!(missed(&*instance.broker, &fresh, position).await, None, "{position:?}");
    }
});

for_each_broker!(
    whoever_missed_more_than_the_history_keeps_gets_a_gap_and_no_part,
    |kind| {
        let (instance, room) = (Instance::keeping(kind, 100, 10 * MINUTE).await, room());
        let start = instance.broker.position(&room).await.unwrap();
        let positions = publish(&*instance.broker, &room, 400).await;
        for since in [start, positions[0], positions[50]] {
            assert_eq!(missed(&*instance.broker, &room, since).await, None);
        }
        for (index, kept) in [(299, 100), (300, 99), (398, 1), (399, 0)] {
            let replayed = missed(&*instance.broker, &room, positions[index]).await.unwrap();
            assert_eq!(replayed.len(), kept);
        }
        for (index, since) in positions.iter().enumerate() {
            let later = 399 - index;
            let replayed = missed(&*instance.broker, &room, *since).await;
            assert!(
                replayed.is_none_or(|events| events.len() == later),
                "a part since {since:?}"
            );
        }
    }
);

for_each_broker!(a_history_past_its_age_is_a_gap_for_whoever_missed_some_of_it, |kind| {
    let age = Duration::from_secs(1);
    let (instance, room) = (Instance::keeping(kind, 100, age).await, room());
    // Somebody stays, so that the room itself is not forgotten.
    instance.broker.join(&room).await.unwrap();
    let start = instance.broker.position(&room).await.unwrap();
    let positions = publish(&*instance.broker, &room, 3).await;
    assert_eq!(missed(&*instance.broker, &room, start).await.unwrap().len(), 3);
    sleep(age + Duration::from_millis(200)).await;
    for since in [start, positions[1]] {
        assert_eq!(missed(&*instance.broker, &room, since).await, None);
    }
    assert_eq!(missed(&*instance.broker, &room, positions[2]).await, Some(Vec::new()));
    let next = instance.broker.publish(&room, &event(4), None).await.unwrap();
    assert_eq!(missed(&*instance.broker, &room, positions[1]).await, None);
    assert_eq!(
        missed(&*instance.broker, &room, positions[2]).await,
        Some(vec![next.offset.get()])
    );
});

for_each_broker!(what_is_replayed_while_others_publish_has_no_hole, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    let start = instance.broker.position(&room).await.unwrap();
    let publisher = {
        let broker = instance.broker.clone();
        tokio::spawn(async move { publish(&*broker, &room, 600).await })
    };
    let mut at = start;
    while at.offset.get() < start.offset.get() + 600 {
        let Replay::Events(events) = instance.broker.since(&room, at).await.unwrap() else {
            panic!("a gap since {at:?}, at {}", moment())
        };
        for event in events {
            assert_eq!(event.position, at.next());
            at = event.position;
        }
    }
    publisher.await.unwrap();
});
