use tenon_tests::for_each_broker;
use tenon_tests::race::race;
use tenon_tests::rooms::{Instance, event, room, rooms};

for_each_broker!(joined_rooms_are_heard_on_every_instance_and_others_are_not, |kind| {
    let one = Instance::start(kind).await;
    let other = one.beside().await;
    let [first, second, third, fourth] = rooms();
    let starts = [
        one.broker.join(&first).await.unwrap(),
        one.broker.join(&second).await.unwrap(),
        other.broker.join(&third).await.unwrap(),
    ];
    for room in [first, second, third, fourth] {
        for number in 0..3 {
            one.broker.publish(&room, &event(number), None).await.unwrap();
        }
    }
    for ((instance, room), start) in [(&one, first), (&one, second), (&other, third)].into_iter().zip(starts) {
        let last = instance.broker.position(&room).await.unwrap();
        let heard = instance.ear.up_to(&room, last).await;
        assert_eq!(heard.len(), 3);
        instance.ear.assert_unbroken(&room, start);
    }
    assert_eq!((one.ear.all(&fourth), other.ear.all(&fourth)), (vec![], vec![]));
});

for_each_broker!(what_is_delivered_is_what_is_replayed, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    let start = instance.broker.join(&room).await.unwrap();
    for number in 0..20 {
        instance.broker.publish(&room, &event(number), None).await.unwrap();
    }
    let last = instance.broker.position(&room).await.unwrap();
    let heard = instance.ear.up_to(&room, last).await;
    let replay = instance.broker.since(&room, start).await.unwrap();
    assert_eq!(replay, tenon_rooms::Replay::Events(heard));
});

for_each_broker!(
    concurrent_publishers_are_heard_in_the_order_of_the_offsets_once,
    |kind| {
        let (one, room) = (Instance::start(kind).await, room());
        let other = one.beside().await;
        let start = one.broker.join(&room).await.unwrap();
        assert_eq!(other.broker.join(&room).await.unwrap(), start);
        let publishers = (0..16_u64).map(|number| {
            let broker = if number.is_multiple_of(2) {
                one.broker.clone()
            } else {
                other.broker.clone()
            };
            async move {
                for _ in 0..100 {
                    broker.publish(&room, &event(number), None).await.unwrap();
                }
            }
        });
        race(publishers).await;
        let last = one.broker.position(&room).await.unwrap();
        assert_eq!(last.offset.get(), start.offset.get() + 1_600);
        for instance in [&one, &other] {
            let heard = instance.ear.up_to(&room, last).await;
            assert_eq!(heard.len(), 1_600);
            instance.ear.assert_unbroken(&room, start);
        }
    }
);

for_each_broker!(
    whoever_joins_while_others_publish_hears_all_after_their_position,
    |kind| {
        let one = Instance::start(kind).await;
        for _ in 0..20 {
            let (other, room) = (one.beside().await, room());
            let publisher = {
                let broker = one.broker.clone();
                tokio::spawn(async move {
                    for number in 0..200 {
                        broker.publish(&room, &event(number), None).await.unwrap();
                    }
                    broker.position(&room).await.unwrap()
                })
            };
            let joined = other.broker.join(&room).await.unwrap();
            let again = other.broker.join(&room).await.unwrap();
            assert!(again.offset >= joined.offset);
            let last = publisher.await.unwrap();
            if joined != last {
                other.ear.up_to(&room, last).await;
            }
            let later = |position: tenon_rooms::Position| {
                let events = other.ear.events(&room);
                let later = events.iter().filter(|event| event.position.offset > position.offset);
                later.map(|event| event.position.offset.get()).collect::<Vec<_>>()
            };
            for position in [joined, again] {
                let expected: Vec<u64> = (position.offset.get() + 1..=last.offset.get()).collect();
                assert_eq!(later(position), expected);
            }
        }
    }
);

for_each_broker!(a_room_is_heard_until_it_was_left_as_often_as_joined, |kind| {
    let (instance, room, marker) = (Instance::start(kind).await, room(), room());
    let start = instance.broker.join(&room).await.unwrap();
    for _ in 0..2 {
        assert_eq!(instance.broker.join(&room).await.unwrap(), start);
    }
    instance.broker.leave(&room);
    instance.broker.leave(&room);
    let heard = instance.broker.publish(&room, &event(1), None).await.unwrap();
    instance.ear.up_to(&room, heard).await;
    instance.broker.leave(&room);
    // Joining another room takes longer than leaving this one.
    instance.broker.join(&marker).await.unwrap();
    let unheard = instance.broker.publish(&room, &event(2), None).await.unwrap();
    let marked = instance.broker.publish(&marker, &event(3), None).await.unwrap();
    instance.ear.up_to(&marker, marked).await;
    assert_eq!(instance.ear.events(&room).len(), 1);
    assert_eq!(instance.broker.join(&room).await.unwrap(), unheard);
    let heard = instance.broker.publish(&room, &event(4), None).await.unwrap();
    assert_eq!(instance.ear.up_to(&room, heard).await.len(), 2);
});

for_each_broker!(leaving_more_often_than_joining_does_not_undo_a_later_join, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    for _ in 0..3 {
        instance.broker.leave(&room);
    }
    instance.broker.join(&room).await.unwrap();
    let heard = instance.broker.publish(&room, &event(1), None).await.unwrap();
    assert_eq!(instance.ear.up_to(&room, heard).await.len(), 1);
});
