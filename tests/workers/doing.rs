use std::collections::BTreeSet;
use std::time::Duration;

use tenon_jobs::{Outcome, QueueName};
use tenon_tests::clock::{HOUR, moment};
use tenon_tests::for_each_store;
use tenon_tests::jobs::{claim, enqueue, worker};
use tokio::time::Instant;

use crate::crew::{Crew, Part, quick};

for_each_store!(
    what_is_put_in_is_begun_at_once_and_struck_out_when_it_is_done,
    |store| {
        let slow = tenon_workers::Pace { look: HOUR, ..quick() };
        let mut crew = Crew::start_with(&store, Part::Succeed, slow, 3, |workers| workers);
        // The first look may come before or after; what comes then is found by its wake alone.
        for round in 0..5 {
            let ids = enqueue(&store, 1).await;
            assert_eq!(crew.next().await.id, ids[0], "round {round}");
        }
        crew.ended(Outcome::Finished, 5).await;
        let counts = store.backlog.counts().await.unwrap();
        assert_eq!((counts[0].waiting, counts[0].running, counts[0].dead), (0, 0, 0));
    }
);

for_each_store!(what_another_instance_puts_in_is_found_soon, |store| {
    let mut crew = Crew::start(&store, Part::Succeed);
    let other = store.another();
    let begun = Instant::now();
    let ids = enqueue(&other, 1).await;
    assert_eq!(crew.next().await.id, ids[0]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
});

for_each_store!(no_more_jobs_are_done_at_once_than_the_queue_is_wide, |store| {
    let ids: BTreeSet<_> = enqueue(&store, 12).await.into_iter().collect();
    let mut crew = Crew::start(&store, Part::Take(Duration::from_millis(30)));
    let mut done = BTreeSet::new();
    while done.len() < 12 {
        done.insert(crew.next().await.id);
    }
    crew.ended(Outcome::Finished, 12).await;
    assert_eq!((done, crew.working()), (ids, (0, 3)));
    assert!(!crew.has_more());
});

for_each_store!(a_queue_of_no_width_is_left_to_others, |store| {
    let idle = Crew::start_with(&store, Part::Succeed, quick(), 0, |workers| workers);
    enqueue(&store, 3).await;
    let other = store.another();
    let mut crew = Crew::start(&other, Part::Succeed);
    for _ in 0..3 {
        crew.next().await;
    }
    crew.ended(Outcome::Finished, 3).await;
    assert_eq!(idle.tally.of(QueueName::Graph, Outcome::Finished), 0);
});

for_each_store!(instances_that_share_a_queue_do_each_job_once, |store| {
    let ids: BTreeSet<_> = enqueue(&store, 60).await.into_iter().collect();
    let others = [store.another(), store.another()];
    let mut crews = vec![Crew::start(&store, Part::Succeed)];
    crews.extend(others.iter().map(|store| Crew::start(store, Part::Succeed)));
    let finished = |crews: &[Crew]| -> u64 {
        let counts = crews
            .iter()
            .map(|crew| crew.tally.of(QueueName::Graph, Outcome::Finished));
        counts.sum()
    };
    let begun = Instant::now();
    while finished(&crews) < 60 {
        assert!(begun.elapsed() < crate::crew::PATIENCE);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut done = Vec::new();
    for crew in &mut crews {
        while let Some(job) = crew.try_next() {
            assert_eq!(job.attempt, 1);
            done.push(job.id);
        }
    }
    assert_eq!(done.len(), 60);
    assert_eq!(done.into_iter().collect::<BTreeSet<_>>(), ids);
    assert!(claim(&store, worker(), 1, moment().plus(HOUR)).await.is_empty());
});
