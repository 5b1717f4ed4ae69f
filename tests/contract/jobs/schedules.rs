use tenon_jobs::{QueueName, Schedule};
use tenon_kernel::Timestamp;
use tenon_sql::Store;
use tenon_tests::clock::{HOUR, MICROSECOND, MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::jobs::{job, only};
use tenon_tests::race::race;

const HOURLY: Schedule = Schedule {
    name: "hourly",
    period: HOUR,
};

async fn call(store: &Store, schedule: &Schedule, now: Timestamp) -> Timestamp {
    store.schedules.call(schedule, &job(schedule.name), now).await.unwrap()
}

async fn waiting(store: &Store) -> u64 {
    let counts = store.backlog.counts().await.unwrap();
    assert_eq!(counts[0].queue, QueueName::Graph);
    counts[0].waiting
}

for_each_store!(a_schedule_is_due_at_first_and_then_once_in_each_period, |store| {
    let start = moment();
    assert_eq!(call(&store, &HOURLY, start).await, start.plus(HOUR));
    assert_eq!(waiting(&store).await, 1);
    for early in [start, start.plus(MINUTE), start.plus(HOUR).minus(MICROSECOND)] {
        assert_eq!(call(&store, &HOURLY, early).await, start.plus(HOUR));
    }
    assert_eq!(waiting(&store).await, 1);
    let late = start.plus(HOUR).plus(MINUTE);
    assert_eq!(call(&store, &HOURLY, late).await, late.plus(HOUR));
    assert_eq!(waiting(&store).await, 2);

    let other = Schedule {
        name: "another",
        period: MINUTE,
    };
    assert_eq!(call(&store, &other, late).await, late.plus(MINUTE));
    assert_eq!(waiting(&store).await, 3);
});

for_each_store!(
    a_period_that_was_shortened_applies_to_what_was_called_for_before,
    |store| {
        let start = moment();
        call(&store, &HOURLY, start).await;
        let often = Schedule {
            period: MINUTE,
            ..HOURLY
        };
        let next = start.plus(MINUTE);
        assert_eq!(call(&store, &often, next).await, next.plus(MINUTE));
        assert_eq!(waiting(&store).await, 2);
    }
);

for_each_store!(instances_that_race_for_a_turn_call_for_it_once, |store| {
    let start = moment();
    for round in 0..5 {
        let now = start.plus(round * HOUR);
        let callers = (0..6).map(|number| {
            let store = if number % 2 == 0 {
                (*store).clone()
            } else {
                store.another()
            };
            async move { call(&store, &HOURLY, now).await }
        });
        let next = race(callers).await;
        assert!(next.iter().all(|next| *next == now.plus(HOUR)), "{next:?}");
        assert_eq!(waiting(&store).await, u64::from(round) + 1);
    }
});

for_each_store!(a_turn_is_taken_also_when_the_job_of_the_last_one_still_waits, |store| {
    let start = moment();
    for round in 0..3 {
        let now = start.plus(round * HOUR);
        let next = store.schedules.call(&HOURLY, &only("hourly"), now).await.unwrap();
        assert_eq!((next, waiting(&store).await), (now.plus(HOUR), 1));
    }
});
