use tenon_jobs::{Failed, Lease, QueueName, State};
use tenon_tests::clock::{HOUR, MICROSECOND, moment};
use tenon_tests::for_each_store;
use tenon_tests::jobs::{LEASE, claim, claim_one, enqueue, only, worker};

for_each_store!(a_lease_that_is_held_does_not_run_out, |store| {
    enqueue(&store, 1).await;
    let now = moment();
    let lease = claim_one(&store, now).await;
    let until = now.plus(HOUR);
    assert!(store.queue.hold(&lease, until).await.unwrap());
    assert!(claim(&store, worker(), 1, until.minus(MICROSECOND)).await.is_empty());
    assert!(store.queue.finish(&lease).await.unwrap());
    assert!(claim(&store, worker(), 1, until).await.is_empty());
});

for_each_store!(a_lost_lease_changes_nothing, |store| {
    enqueue(&store, 1).await;
    let now = moment();
    let lost = claim_one(&store, now).await;
    let later = now.plus(LEASE);
    // The same worker may be the one who has it now.
    let claimed = claim(&store, lost.worker, 1, later).await;
    let held = claimed[0].lease();
    let strangers = Lease {
        worker: worker(),
        ..held
    };
    for lease in [lost, strangers] {
        assert!(!store.queue.hold(&lease, later.plus(HOUR)).await.unwrap());
        assert!(!store.queue.finish(&lease).await.unwrap());
        assert!(!store.queue.give_back(&lease, later).await.unwrap());
        for failed in [Failed::Dead, Failed::RetryAt(later)] {
            assert!(!store.queue.fail(&lease, failed, "late", later).await.unwrap());
        }
    }
    let record = store.backlog.find(held.job).await.unwrap().unwrap();
    assert_eq!((record.state, record.attempts, record.error), (State::Running, 2, None));
    assert_eq!(record.due_at, later.plus(LEASE));
    assert!(store.queue.finish(&held).await.unwrap());
    assert!(!store.queue.finish(&held).await.unwrap());
});

for_each_store!(a_failed_job_waits_for_its_time_and_says_why, |store| {
    enqueue(&store, 1).await;
    let now = moment();
    let lease = claim_one(&store, now).await;
    let again = now.plus(HOUR);
    let failed = store
        .queue
        .fail(&lease, Failed::RetryAt(again), "Graph: 503", now)
        .await;
    assert!(failed.unwrap());
    let record = store.backlog.find(lease.job).await.unwrap().unwrap();
    assert_eq!(
        (record.state, record.due_at, record.attempts),
        (State::Waiting, again, 1)
    );
    assert_eq!((record.error.as_deref(), record.dead_at), (Some("Graph: 503"), None));
    assert!(claim(&store, worker(), 1, again.minus(MICROSECOND)).await.is_empty());
    assert_eq!(claim_one(&store, again).await.attempt, 2);
});

for_each_store!(a_dead_job_is_claimed_no_more_and_frees_its_key, |store| {
    store.queue.enqueue(&[only("a")]).await.unwrap();
    let now = moment();
    let lease = claim_one(&store, now).await;
    assert!(store.queue.fail(&lease, Failed::Dead, "gone", now).await.unwrap());
    assert!(claim(&store, worker(), 1, now.plus(HOUR)).await.is_empty());
    let record = store.backlog.find(lease.job).await.unwrap().unwrap();
    assert_eq!((record.state, record.dead_at), (State::Dead, Some(now)));
    assert!(!store.queue.finish(&lease).await.unwrap());

    let next = only("a");
    store.queue.enqueue(std::slice::from_ref(&next)).await.unwrap();
    assert_eq!(claim_one(&store, moment()).await.job, next.id);
});

for_each_store!(what_is_given_back_is_due_at_once_and_counts_no_attempt, |store| {
    enqueue(&store, 1).await;
    let now = moment();
    for _ in 0..20 {
        let lease = claim_one(&store, now).await;
        assert_eq!(lease.attempt, 1);
        assert!(store.queue.give_back(&lease, now).await.unwrap());
        assert!(!store.queue.finish(&lease).await.unwrap());
    }
    let counts = store.backlog.counts().await.unwrap();
    assert_eq!(counts[0].queue, QueueName::Graph);
    assert_eq!((counts[0].waiting, counts[0].running, counts[0].dead), (1, 0, 0));
});
