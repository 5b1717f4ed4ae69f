use std::time::Duration;

use tenon_jobs::{Outcome, QueueName, State};
use tenon_tests::for_each_store;
use tenon_tests::jobs::enqueue;
use tokio::time::Instant;

use crate::crew::{Crew, Part, quick, record};

for_each_store!(what_is_running_at_the_end_is_given_back_and_taken_up_at_once, |store| {
    let other = store.another();
    let mut crew = Crew::start(&store, Part::Hang);
    let id = enqueue(&store, 1).await[0];
    assert_eq!(crew.next().await.attempt, 1);
    let (begun, farewell) = (Instant::now(), quick().farewell);
    crew.stop().await;
    let stopped = begun.elapsed();
    assert!(
        stopped >= farewell && stopped < farewell + Duration::from_secs(2),
        "{stopped:?}"
    );
    assert_eq!(record(&store, id).await.state, State::Waiting);

    let mut next = Crew::start(&other, Part::Succeed);
    let job = next.next().await;
    assert_eq!((job.id, job.attempt), (id, 1));
    next.ended(Outcome::Finished, 1).await;
});

for_each_store!(what_is_done_in_time_at_the_end_is_finished, |store| {
    let mut crew = Crew::start(&store, Part::Take(Duration::from_millis(200)));
    enqueue(&store, 1).await;
    crew.next().await;
    let tally = std::sync::Arc::clone(&crew.tally);
    crew.stop().await;
    assert_eq!(tally.of(QueueName::Graph, Outcome::Finished), 1);
    let counts = store.backlog.counts().await.unwrap();
    assert_eq!((counts[0].waiting, counts[0].running), (0, 0));
});

for_each_store!(nothing_is_begun_after_the_end, |store| {
    let crew = Crew::start(&store, Part::Succeed);
    let begun = Instant::now();
    crew.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(1), "idle workers end at once");
    let id = enqueue(&store, 1).await[0];
    assert_eq!(record(&store, id).await.attempts, 0);
});
