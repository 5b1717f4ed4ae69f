use tenon_rooms::{Attendance, Present};
use tenon_tests::for_each_broker;
use tenon_tests::race::race;
use tenon_tests::rooms::{Instance, attendance, beside, room, rooms};

for_each_broker!(a_first_and_a_last_connection_are_told_apart_from_the_others, |kind| {
    let one = Instance::start(kind).await;
    let other = one.beside().await;
    for room in rooms() {
        let phone = attendance(room);
        let (laptop, stranger) = (beside(&phone), attendance(room));
        assert!(one.presences.enter(&phone).await.unwrap());
        assert!(!other.presences.enter(&laptop).await.unwrap());
        assert!(other.presences.enter(&stranger).await.unwrap());
        assert!(!one.presences.leave(&phone).await.unwrap());
        assert!(!one.presences.enter(&phone).await.unwrap());
        assert!(!other.presences.leave(&laptop).await.unwrap());
        assert!(one.presences.leave(&phone).await.unwrap());
        assert!(one.presences.enter(&phone).await.unwrap());
    }
});

for_each_broker!(the_list_says_who_is_there_since_when_and_how_often, |kind| {
    let one = Instance::start(kind).await;
    let (other, room) = (one.beside().await, room());
    assert_eq!(one.presences.list(&room).await.unwrap(), []);
    let (ada, bob) = (attendance(room), attendance(room));
    let tablet = beside(&ada);
    for (instance, attendance) in [(&other, &tablet), (&one, &bob), (&one, &ada)] {
        instance.presences.enter(attendance).await.unwrap();
    }
    let present = |attendance: &Attendance, connections| Present {
        user: attendance.user,
        since: attendance.since,
        connections,
    };
    for instance in [&one, &other] {
        let list = instance.presences.list(&room).await.unwrap();
        assert_eq!(list, [present(&ada, 2), present(&bob, 1)]);
    }
    one.presences.leave(&ada).await.unwrap();
    one.presences.leave(&bob).await.unwrap();
    assert_eq!(other.presences.list(&room).await.unwrap(), [present(&tablet, 1)]);
    other.presences.leave(&tablet).await.unwrap();
    assert_eq!(one.presences.list(&room).await.unwrap(), []);
});

for_each_broker!(a_connection_counts_once_however_often_it_enters, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    let phone = attendance(room);
    let again = Attendance {
        since: beside(&phone).since,
        ..phone
    };
    assert!(instance.presences.enter(&phone).await.unwrap());
    for _ in 0..3 {
        assert!(!instance.presences.enter(&again).await.unwrap());
    }
    let list = instance.presences.list(&room).await.unwrap();
    assert_eq!((list.len(), list[0].connections, list[0].since), (1, 1, phone.since));
    assert!(instance.presences.leave(&again).await.unwrap());
    assert!(!instance.presences.leave(&phone).await.unwrap());
    assert_eq!(instance.presences.list(&room).await.unwrap(), []);
});

for_each_broker!(a_connection_that_is_not_there_was_not_the_last, |kind| {
    let (instance, room) = (Instance::start(kind).await, room());
    let phone = attendance(room);
    assert!(!instance.presences.leave(&phone).await.unwrap());
    instance.presences.enter(&phone).await.unwrap();
    assert!(!instance.presences.leave(&beside(&phone)).await.unwrap());
    assert_eq!(instance.presences.list(&room).await.unwrap().len(), 1);
});

for_each_broker!(one_of_many_at_once_is_the_first_and_one_is_the_last, |kind| {
    let (one, room) = (Instance::start(kind).await, room());
    let other = one.beside().await;
    let phone = attendance(room);
    let connections: Vec<Attendance> = (0..20).map(|_| beside(&phone)).collect();
    let of = |number: usize| {
        if number.is_multiple_of(2) {
            one.presences.clone()
        } else {
            other.presences.clone()
        }
    };
    let entering = connections.iter().copied().enumerate().map(|(number, connection)| {
        let presences = of(number);
        async move { presences.enter(&connection).await.unwrap() }
    });
    assert_eq!(race(entering).await.into_iter().filter(|first| *first).count(), 1);
    assert_eq!(one.presences.list(&room).await.unwrap()[0].connections, 20);
    let leaving = connections.iter().copied().enumerate().map(|(number, connection)| {
        let presences = of(number);
        async move { presences.leave(&connection).await.unwrap() }
    });
    assert_eq!(race(leaving).await.into_iter().filter(|last| *last).count(), 1);
    assert_eq!(one.presences.list(&room).await.unwrap(), []);
});
