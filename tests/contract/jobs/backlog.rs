use tenon_jobs::{Count, DiscardError, Failed, QueueName, RetryError, State};
use tenon_kernel::JobId;
use tenon_sql::Store;
use tenon_tests::audit::entry;
use tenon_tests::clock::{DAY, HOUR, moment};
use tenon_tests::for_each_store;
use tenon_tests::jobs::{claim, claim_one, enqueue, job, only, worker};

use crate::pages::{everything, in_twos};

/// Puts in jobs and gives all of them up.
async fn dead(store: &Store, count: usize) -> Vec<JobId> {
    let ids = enqueue(store, count).await;
    for job in claim(store, worker(), count, moment()).await {
        assert!(
            store
                .queue
                .fail(&job.lease(), Failed::Dead, "no use", moment())
                .await
                .unwrap()
        );
    }
    ids
}

for_each_store!(every_queue_is_counted_by_state, |store| {
    let none: Vec<Count> = QueueName::ALL.map(Count::none).into();
    assert_eq!(store.backlog.counts().await.unwrap(), none);
    dead(&store, 3).await;
    enqueue(&store, 2).await;
    claim(&store, worker(), 2, moment()).await;
    let (sooner, later) = (moment().plus(HOUR), moment().plus(DAY));
    store
        .queue
        .enqueue(&[job("x").due(later), job("x").due(sooner)])
        .await
        .unwrap();
    let expected = Count {
        queue: QueueName::Graph,
        waiting: 2,
        running: 2,
        dead: 3,
        first_due: Some(sooner),
    };
    assert_eq!(store.backlog.counts().await.unwrap(), [expected, none[1], none[2]]);
});

for_each_store!(jobs_are_listed_by_state_the_earliest_first, |store| {
    let gone = dead(&store, 5).await;
    let running = enqueue(&store, 3).await;
    let claimed = claim(&store, worker(), 3, moment()).await;
    assert_eq!(claimed.len(), 3);
    let waiting = enqueue(&store, 4).await;
    for (state, expected) in [
        (State::Dead, gone),
        (State::Running, running),
        (State::Waiting, waiting),
    ] {
        let list = async |request| store.backlog.list(QueueName::Graph, state, &request).await;
        let listed = in_twos(list).await;
        assert!(
            listed
                .iter()
                .all(|job| job.state == state && job.queue == QueueName::Graph)
        );
        assert_eq!(listed.iter().map(|job| job.id).collect::<Vec<_>>(), expected);
        let elsewhere = store.backlog.list(QueueName::Housekeeping, state, &everything()).await;
        assert_eq!(elsewhere.unwrap().total, Some(0));
    }
});

for_each_store!(a_dead_job_that_is_retried_begins_anew, |store| {
    let id = dead(&store, 1).await[0];
    let now = moment();
    store.backlog.retry(id, now, &entry()).await.unwrap();
    let record = store.backlog.find(id).await.unwrap().unwrap();
    assert_eq!((record.state, record.attempts, record.due_at), (State::Waiting, 0, now));
    assert_eq!(record.error.as_deref(), Some("no use"));
    let lease = claim_one(&store, now).await;
    assert_eq!((lease.job, lease.attempt), (id, 1));
});

for_each_store!(only_a_dead_job_is_retried, |store| {
    let now = moment();
    assert!(matches!(
        store.backlog.retry(job("x").id, now, &entry()).await,
        Err(RetryError::NotFound)
    ));
    let id = enqueue(&store, 1).await[0];
    assert!(matches!(
        store.backlog.retry(id, now, &entry()).await,
        Err(RetryError::NotDead)
    ));
    claim_one(&store, moment()).await;
    assert!(matches!(
        store.backlog.retry(id, now, &entry()).await,
        Err(RetryError::NotDead)
    ));
});

for_each_store!(a_dead_job_whose_key_another_one_has_is_not_retried, |store| {
    store.queue.enqueue(&[only("a")]).await.unwrap();
    let lease = claim_one(&store, moment()).await;
    store.queue.fail(&lease, Failed::Dead, "", moment()).await.unwrap();
    let next = only("a");
    store.queue.enqueue(std::slice::from_ref(&next)).await.unwrap();
    let refused = store.backlog.retry(lease.job, moment(), &entry()).await;
    assert!(matches!(refused, Err(RetryError::Superseded)));
    store.backlog.discard(next.id, &entry()).await.unwrap();
    store.backlog.retry(lease.job, moment(), &entry()).await.unwrap();
    assert_eq!(claim_one(&store, moment()).await.job, lease.job);
});

for_each_store!(what_is_dead_or_waits_is_discarded_and_what_runs_is_not, |store| {
    let gone = dead(&store, 1).await[0];
    let running = enqueue(&store, 1).await[0];
    let lease = claim_one(&store, moment()).await;
    let waiting = enqueue(&store, 1).await[0];
    assert!(matches!(
        store.backlog.discard(running, &entry()).await,
        Err(DiscardError::Running)
    ));
    for id in [gone, waiting] {
        store.backlog.discard(id, &entry()).await.unwrap();
        assert_eq!(store.backlog.find(id).await.unwrap(), None);
        assert!(matches!(
            store.backlog.discard(id, &entry()).await,
            Err(DiscardError::NotFound)
        ));
    }
    assert!(store.queue.finish(&lease).await.unwrap());
});

for_each_store!(what_has_been_dead_for_a_month_is_purged, |store| {
    let ids = dead(&store, 2).await;
    let waiting = enqueue(&store, 1).await;
    let died = store.backlog.find(ids[0]).await.unwrap().unwrap().dead_at.unwrap();
    assert_eq!(store.housekeeping.purge(died.plus(30 * DAY)).await.unwrap(), 0);
    assert_eq!(store.housekeeping.purge(moment().plus(30 * DAY)).await.unwrap(), 2);
    assert_eq!(store.backlog.find(ids[0]).await.unwrap(), None);
    assert!(store.backlog.find(waiting[0]).await.unwrap().is_some());
});
