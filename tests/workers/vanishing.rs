use std::time::Duration;

use tenon_jobs::Outcome;
use tenon_kernel::Clock;
use tenon_local::SystemClock;
use tenon_tests::clock::HOUR;
use tenon_tests::for_each_store;
use tenon_tests::jobs::{claim, enqueue, worker};
use tokio::time::{Instant, sleep};

use crate::crew::{Crew, PATIENCE, Part, quick};

for_each_store!(
    the_job_of_a_worker_that_vanished_is_taken_up_when_its_lease_has_run_out,
    |store| {
        let other = store.another();
        let mut crew = Crew::start(&store, Part::Hang);
        let id = enqueue(&store, 1).await[0];
        let first = crew.next().await;
        let mut next = Crew::start(&other, Part::Succeed);
        crew.vanish();
        let begun = Instant::now();
        let second = next.next().await;
        assert_eq!((second.id, second.attempt), (id, 2));
        assert_ne!(second.worker, first.worker);
        assert!(
            begun.elapsed() < quick().lease + Duration::from_secs(2),
            "{:?}",
            begun.elapsed()
        );
        next.ended(Outcome::Finished, 1).await;
    }
);

for_each_store!(a_job_that_takes_longer_than_its_lease_is_held_all_the_time, |store| {
    let other = store.another();
    let long = quick().lease * 2;
    let mut crew = Crew::start(&store, Part::Take(long));
    enqueue(&store, 1).await;
    crew.next().await;
    let mut idle = Crew::start(&other, Part::Succeed);
    crew.ended(Outcome::Finished, 1).await;
    assert!(!crew.has_more() && !idle.has_more());
});

for_each_store!(whoever_lost_a_lease_lets_go_and_changes_nothing, |store| {
    let mut crew = Crew::start(&store, Part::Hang);
    enqueue(&store, 1).await;
    let job = crew.next().await;
    // As another instance does whose clock is an hour ahead.
    let later = SystemClock::default().now().plus(HOUR);
    let stolen = claim(&store, worker(), 1, later).await;
    assert_eq!((stolen[0].id, stolen[0].attempt), (job.id, 2));
    crew.ended(Outcome::Lost, 1).await;
    let begun = Instant::now();
    while crew.working().0 > 0 {
        assert!(begun.elapsed() < PATIENCE, "the handler goes on");
        sleep(Duration::from_millis(5)).await;
    }
    assert!(store.queue.finish(&stolen[0].lease()).await.unwrap());
});
