use std::time::Duration;

use tenon_jobs::{Payload, QueueName, Schedule};
use tenon_sql::Store;
use tenon_tests::for_each_store;
use tokio::time::{Instant, sleep};

use crate::crew::{Crew, PATIENCE, Part, quick};

const OFTEN: Schedule = Schedule {
    name: "often",
    period: Duration::from_millis(400),
};

fn start(store: &Store) -> Crew {
    Crew::start_with(store, Part::Succeed, quick(), 1, |workers| {
        workers.call(OFTEN, QueueName::Graph, Payload::name("often"))
    })
}

for_each_store!(one_of_three_instances_does_scheduled_work_in_each_period, |store| {
    let others = [store.another(), store.another()];
    let mut crews = vec![start(&store)];
    crews.extend(others.iter().map(start));
    let mut calls = Vec::new();
    let begun = Instant::now();
    while calls.len() < 6 {
        assert!(begun.elapsed() < PATIENCE, "{} calls", calls.len());
        calls.extend(crews.iter_mut().filter_map(Crew::try_next));
        sleep(Duration::from_millis(5)).await;
    }
    for crew in crews {
        crew.stop().await;
    }
    let mut times: Vec<_> = calls.iter().map(|job| job.enqueued_at).collect();
    times.sort();
    assert!(
        calls
            .iter()
            .all(|job| job.payload.as_str() == "often" && job.attempt == 1)
    );
    for pair in times.windows(2) {
        let apart = pair[1].since(pair[0]);
        assert!(apart >= OFTEN.period, "{apart:?}");
    }
});

for_each_store!(scheduled_work_that_is_still_running_is_not_called_for_again, |store| {
    let mut crew = Crew::start_with(&store, Part::Hang, quick(), 3, |workers| {
        workers.call(OFTEN, QueueName::Graph, Payload::name("often"))
    });
    crew.next().await;
    sleep(3 * OFTEN.period).await;
    let counts = store.backlog.counts().await.unwrap();
    assert_eq!((counts[0].waiting, counts[0].running), (0, 1));
    assert!(!crew.has_more());
});
