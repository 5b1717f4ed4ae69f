use std::time::Duration;

use tenon_jobs::{Outcome, State};
use tenon_tests::audit::entry;
use tenon_tests::clock::{DAY, HOUR, moment};
use tenon_tests::for_each_store;
use tenon_tests::jobs::{LEASE, claim, enqueue, job, worker};
use tenon_workers::{Failure, Pace};

use crate::crew::{Crew, Part, quick, record};

for_each_store!(
    a_job_that_fails_is_tried_again_and_given_up_after_the_last_attempt,
    |store| {
        let mut crew = Crew::start(&store, Part::Fail(Failure::Retry("Graph:\n503\0".into())));
        let id = enqueue(&store, 1).await[0];
        for attempt in 1..=3 {
            assert_eq!(crew.next().await.attempt, attempt);
        }
        crew.ended(Outcome::Failed, 2).await;
        crew.ended(Outcome::Dead, 1).await;
        let dead = record(&store, id).await;
        assert_eq!((dead.state, dead.attempts), (State::Dead, 3));
        assert_eq!(dead.error.as_deref(), Some("Graph: 503 "));
    }
);

for_each_store!(a_job_that_no_attempt_can_do_is_given_up_at_once, |store| {
    let mut crew = Crew::start(&store, Part::Fail(Failure::Dead("gone".into())));
    let id = enqueue(&store, 1).await[0];
    crew.next().await;
    crew.ended(Outcome::Dead, 1).await;
    let dead = record(&store, id).await;
    assert_eq!(
        (dead.state, dead.attempts, dead.error.as_deref()),
        (State::Dead, 1, Some("gone"))
    );
});

for_each_store!(a_job_waits_as_long_as_its_failure_asks_for_and_a_day_at_most, |store| {
    for (asked, wait) in [(HOUR, HOUR), (1000 * DAY, DAY)] {
        let failure = Failure::RetryAfter(asked, "Graph: 429".into());
        let mut crew = Crew::start(&store, Part::Fail(failure));
        let id = enqueue(&store, 1).await[0];
        crew.next().await;
        crew.ended(Outcome::Failed, 1).await;
        let waiting = record(&store, id).await;
        let left = waiting
            .due_at
            .since(tenon_kernel::Clock::now(&tenon_local::SystemClock::default()));
        assert_eq!(waiting.state, State::Waiting);
        assert!(left <= wait && left > wait - HOUR / 2, "{left:?}");
        crew.stop().await;
        store.backlog.discard(id, &entry()).await.unwrap();
    }
});

for_each_store!(a_handler_that_panics_has_failed_and_its_words_are_not_kept, |store| {
    let mut crew = Crew::start(&store, Part::Panic);
    let secret = job("canary-7731");
    store.queue.enqueue(std::slice::from_ref(&secret)).await.unwrap();
    for _ in 0..3 {
        crew.next().await;
    }
    crew.ended(Outcome::Dead, 1).await;
    let dead = record(&store, secret.id).await;
    assert_eq!(dead.error.as_deref(), Some("the handler panicked"));
});

for_each_store!(an_attempt_that_takes_too_long_is_cut_off_and_has_failed, |store| {
    let hasty = Pace {
        limit: Duration::from_millis(300),
        ..quick()
    };
    let mut crew = Crew::start_with(&store, Part::Hang, hasty, 1, |workers| workers);
    let id = enqueue(&store, 1).await[0];
    for _ in 0..3 {
        crew.next().await;
    }
    crew.ended(Outcome::Dead, 1).await;
    assert_eq!(record(&store, id).await.error.as_deref(), Some("took longer than 0 s"));
    assert_eq!(crew.working(), (0, 1));
});

for_each_store!(a_job_whose_workers_all_vanished_is_given_up_unseen, |store| {
    let id = enqueue(&store, 1).await[0];
    let mut now = moment();
    for _ in 0..3 {
        assert_eq!(claim(&store, worker(), 1, now).await.len(), 1);
        now = now.plus(LEASE);
    }
    let mut crew = Crew::start(&store, Part::Succeed);
    crew.ended(Outcome::Dead, 1).await;
    let dead = record(&store, id).await;
    assert_eq!(dead.error.as_deref(), Some("its worker vanished in the last attempt"));
    assert!(!crew.has_more());
});
