use std::collections::HashSet;

use futures_util::future::join_all;
use tenon_rooms::{Offset, Replay};
use tenon_tests::for_each_broker;
use tenon_tests::race::race;
use tenon_tests::rooms::{Instance, event, key, room, rooms};

for_each_broker!(events_of_a_room_are_counted_from_its_position, |kind| {
    let instance = Instance::start(kind).await;
    for room in rooms() {
        let mut at = instance.broker.position(&room).await.unwrap();
        assert_eq!(
            instance.broker.position(&room).await.unwrap(),
            at,
            "asking moves nothing"
        );
        for number in 0..5 {
            let published = instance.broker.publish(&room, &event(number), None).await.unwrap();
            assert_eq!(published, at.next());
            at = published;
            assert_eq!(instance.broker.position(&room).await.unwrap(), at);
        }
    }
});

for_each_broker!(concurrent_events_have_different_offsets_without_a_hole, |kind| {
    let (one, room) = (Instance::start(kind).await, room());
    let other = one.beside().await;
    let start = one.broker.position(&room).await.unwrap();
    let publishers = (0..100_u64).map(|number| {
        let broker = if number.is_multiple_of(2) {
            one.broker.clone()
        } else {
            other.broker.clone()
        };
        async move { broker.publish(&room, &event(number), None).await.unwrap() }
    });
    let positions = race(publishers).await;
    assert!(positions.iter().all(|position| position.epoch == start.epoch));
    let offsets: HashSet<Offset> = positions.iter().map(|position| position.offset).collect();
    let expected = (1..=100).map(|number| Offset::new(start.offset.get() + number));
    assert_eq!(offsets, expected.collect());
});

for_each_broker!(events_are_numbered_as_they_were_published_without_waiting, |kind| {
    let (one, rooms) = (Instance::start(kind).await, [room(), room()]);
    let other = one.beside().await;
    for room in &rooms {
        other.broker.join(room).await.unwrap();
    }
    // More than go to a server at once, with keys between them, and room after room.
    let publishing = (0..500_u64).map(|number| {
        let once = number.is_multiple_of(7).then(key);
        let room = &rooms[usize::from(number % 5 == 0)];
        let (broker, event) = (&one.broker, event(number));
        async move { (room, broker.publish(room, &event, once).await.unwrap(), event) }
    });
    let published = join_all(publishing).await;
    for room in &rooms {
        let own = published.iter().filter(|(other, ..)| *other == room);
        let (positions, events): (Vec<_>, Vec<_>) = own.map(|(_, position, event)| (*position, &event.data)).unzip();
        assert!(
            positions.windows(2).all(|pair| pair[0].next() == pair[1]),
            "{positions:?}"
        );
        let heard = other.ear.up_to(room, *positions.last().unwrap()).await;
        let heard: Vec<_> = heard.iter().map(|event| (event.position, &event.data)).collect();
        assert_eq!(heard, positions.into_iter().zip(events).collect::<Vec<_>>());
    }
});

for_each_broker!(an_event_with_the_same_key_happens_once, |kind| {
    let (one, room, once) = (Instance::start(kind).await, room(), Some(key()));
    let other = one.beside().await;
    let start = other.broker.join(&room).await.unwrap();
    let first = one.broker.publish(&room, &event(1), once).await.unwrap();
    let between = one.broker.publish(&room, &event(2), Some(key())).await.unwrap();
    for broker in [&one.broker, &other.broker] {
        assert_eq!(broker.publish(&room, &event(1), once).await.unwrap(), first);
    }
    let last = one.broker.publish(&room, &event(3), None).await.unwrap();
    assert_eq!((first, between, last), (start.next(), first.next(), between.next()));
    let heard = other.ear.up_to(&room, last).await;
    assert_eq!(heard.len(), 3);
    let Replay::Events(kept) = one.broker.since(&room, start).await.unwrap() else {
        panic!("a gap in three events")
    };
    assert_eq!(kept, heard);
});

for_each_broker!(an_event_that_many_publish_with_one_key_happens_once, |kind| {
    let (one, room, once) = (Instance::start(kind).await, room(), Some(key()));
    let other = one.beside().await;
    let start = one.broker.join(&room).await.unwrap();
    let publishers = (0..20_u64).map(|number| {
        let broker = if number.is_multiple_of(2) {
            one.broker.clone()
        } else {
            other.broker.clone()
        };
        async move { broker.publish(&room, &event(7), once).await.unwrap() }
    });
    assert!(race(publishers).await.iter().all(|position| *position == start.next()));
    let last = one.broker.publish(&room, &event(8), None).await.unwrap();
    assert_eq!(last, start.next().next());
    assert_eq!(one.ear.up_to(&room, last).await.len(), 2);
});

for_each_broker!(keys_of_different_rooms_are_apart, |kind| {
    let (instance, once) = (Instance::start(kind).await, Some(key()));
    for room in rooms() {
        let start = instance.broker.position(&room).await.unwrap();
        for _ in 0..2 {
            let published = instance.broker.publish(&room, &event(1), once).await.unwrap();
            assert_eq!(published, start.next());
        }
    }
});
