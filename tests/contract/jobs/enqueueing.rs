use std::time::Duration;

use tenon_jobs::{Claim, NewJob, Payload, QueueName, State};
use tenon_tests::clock::{HOUR, MICROSECOND, moment};
use tenon_tests::for_each_store;
use tenon_tests::jobs::{LEASE, claim, claim_one, enqueue, job, only, worker};
use tokio::time::timeout;

use crate::pages::everything;

for_each_store!(a_job_is_claimed_as_it_was_put_in, |store| {
    for payload in ["", "{\"quoted\": 'apo'}\n日本語 🦉", &"é".repeat(32 * 1024)] {
        let new = job(payload);
        store.queue.enqueue(std::slice::from_ref(&new)).await.unwrap();
        let claimed = claim(&store, worker(), 1, new.due_at).await;
        assert_eq!((claimed[0].id, claimed[0].queue), (new.id, QueueName::Graph));
        assert_eq!(claimed[0].payload, new.payload);
        assert_eq!((claimed[0].attempt, claimed[0].enqueued_at), (1, new.enqueued_at));
        assert!(store.queue.finish(&claimed[0].lease()).await.unwrap());
    }
});

for_each_store!(a_job_is_claimed_from_its_time_on_and_from_its_queue_alone, |store| {
    let new = job("later").due(moment().plus(HOUR));
    store.queue.enqueue(std::slice::from_ref(&new)).await.unwrap();
    assert!(
        claim(&store, worker(), 1, new.due_at.minus(MICROSECOND))
            .await
            .is_empty()
    );
    for queue in [QueueName::GraphSubscriptions, QueueName::Housekeeping] {
        let elsewhere = Claim {
            queue,
            worker: worker(),
            most: 1,
            lease: LEASE,
            now: new.due_at,
        };
        assert!(store.queue.claim(&elsewhere).await.unwrap().is_empty());
    }
    assert_eq!(claim(&store, worker(), 1, new.due_at).await.len(), 1);
});

for_each_store!(what_has_been_due_for_longest_is_claimed_first, |store| {
    let now = moment().plus(HOUR);
    let due: Vec<NewJob> = [3, 1, 2]
        .map(|minutes| job("x").due(now.minus(Duration::from_secs(60 * minutes))))
        .into();
    store.queue.enqueue(&due).await.unwrap();
    for expected in [&due[0], &due[2], &due[1]] {
        assert_eq!(claim(&store, worker(), 1, now).await[0].id, expected.id);
    }
});

for_each_store!(of_jobs_with_one_key_one_waits_or_runs, |store| {
    let (first, second) = (only("a"), only("a"));
    store.queue.enqueue(&[first.clone(), second]).await.unwrap();
    store.queue.enqueue(&[only("a"), only("b")]).await.unwrap();
    let elsewhere = NewJob {
        queue: QueueName::GraphSubscriptions,
        ..only("a")
    };
    store.queue.enqueue(&[elsewhere]).await.unwrap();
    let counts = store.backlog.counts().await.unwrap();
    assert_eq!((counts[0].waiting, counts[1].waiting), (2, 1));

    let claimed = claim(&store, worker(), 5, moment()).await;
    assert_eq!(claimed.len(), 2);
    store.queue.enqueue(&[only("a")]).await.unwrap();
    assert!(claim(&store, worker(), 5, moment()).await.is_empty());
    for job in &claimed {
        assert!(store.queue.finish(&job.lease()).await.unwrap());
    }
    let third = only("a");
    store.queue.enqueue(std::slice::from_ref(&third)).await.unwrap();
    assert_eq!(claim_one(&store, moment()).await.job, third.id);
});

for_each_store!(a_job_that_is_there_already_is_not_put_in_again, |store| {
    let new = job("once");
    for _ in 0..2 {
        store.queue.enqueue(std::slice::from_ref(&new)).await.unwrap();
    }
    let waiting = store
        .backlog
        .list(QueueName::Graph, State::Waiting, &everything())
        .await;
    assert_eq!(waiting.unwrap().items.len(), 1);
});

for_each_store!(a_worker_of_the_same_process_hears_at_once_of_what_is_put_in, |store| {
    let hear = || timeout(Duration::from_secs(5), store.queue.enqueued(QueueName::Graph));
    let (heard, _) = tokio::join!(hear(), enqueue(&store, 1));
    heard.unwrap();
    enqueue(&store, 2).await;
    hear().await.unwrap();

    let elsewhere = NewJob::new(QueueName::Housekeeping, Payload::new("x").unwrap(), moment());
    store.queue.enqueue(&[elsewhere]).await.unwrap();
    let silence = timeout(Duration::from_millis(50), store.queue.enqueued(QueueName::Graph)).await;
    assert!(silence.is_err());
});
