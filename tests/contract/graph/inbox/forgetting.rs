//! What is kept no longer, and what a job keeps.

use std::time::Duration;

use tenon_graph::{Batch, BatchId, Quarantine};
use tenon_jobs::{Failed, QueueName, State};
use tenon_kernel::{JobId, Timestamp};
use tenon_sql::Store;
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::graph::batch;
use tenon_tests::jobs::{claim, worker};

use super::doubted;
use crate::pages::in_twos;

/// Keeps a batch that was posted now.
async fn posted(store: &Store) -> Batch {
    let kept = batch("posted");
    store.inbox.accept(&kept).await.unwrap();
    kept
}

/// Gives up every job that is due, and says which.
async fn all_die(store: &Store) -> Vec<JobId> {
    let mut dead = Vec::new();
    for job in claim(store, worker(), 100, moment()).await {
        let lease = job.lease();
        let died = store.queue.fail(&lease, Failed::Dead, "no keys", moment());
        assert!(died.await.unwrap());
        dead.push(job.id);
    }
    dead
}

/// Does every job that is due.
async fn all_done(store: &Store) {
    for job in claim(store, worker(), 100, moment()).await {
        assert!(store.queue.finish(&job.lease()).await.unwrap());
    }
}

async fn discard(store: &Store, dead: Vec<JobId>) {
    for job in dead {
        store.backlog.discard(job, &entry()).await.unwrap();
    }
}

/// Goes through all that came before, two at a time.
async fn forget(store: &Store, before: Timestamp) {
    let mut last = None;
    while let Some(seen) = store.inbox.forget_batches(before, last, 2).await.unwrap() {
        assert!(last.is_none_or(|last| seen > last));
        last = Some(seen);
    }
}

async fn is_kept(store: &Store, id: BatchId) -> bool {
    store.inbox.batch(id).await.unwrap().is_some()
}

for_each_store!(what_is_kept_no_longer_goes_and_the_rest_stays, |store| {
    let (old, new) = (posted(&store).await, posted(&store).await);
    all_done(&store).await;
    let now = new.received_at;
    let settled = doubted(0, Quarantine::Malformed);
    let together = std::slice::from_ref(&settled);
    let settling = store.inbox.settle(old.id, old.received_at, together, now);
    settling.await.unwrap();
    assert_eq!(store.inbox.forget_batches(now, None, 10).await.unwrap(), Some(old.id));
    assert_eq!(store.inbox.forget_batches(now, None, 10).await.unwrap(), None);
    assert!(!is_kept(&store, old.id).await && is_kept(&store, new.id).await);
    assert_eq!(store.inbox.forget_notifications(now, 10).await.unwrap(), 0);
    assert!(store.inbox.notification(settled.id).await.unwrap().is_some());
    let later = now.plus(Duration::from_secs(1));
    assert_eq!(store.inbox.forget_notifications(later, 10).await.unwrap(), 1);
    assert_eq!(store.inbox.notification(settled.id).await.unwrap(), None);
});

for_each_store!(
    a_batch_is_kept_while_its_job_waits_runs_or_is_dead_and_goes_with_the_job,
    |store| {
        let dead = [posted(&store).await, posted(&store).await, posted(&store).await];
        let given_up = all_die(&store).await;
        let running = posted(&store).await;
        claim(&store, worker(), 1, moment()).await;
        let done = [posted(&store).await, posted(&store).await, posted(&store).await];
        all_done(&store).await;
        let waiting = posted(&store).await;
        let later = moment().plus(Duration::from_secs(1));
        forget(&store, later).await;
        for kept in dead.iter().chain([&running, &waiting]) {
            assert!(is_kept(&store, kept.id).await);
        }
        for gone in &done {
            assert!(!is_kept(&store, gone.id).await);
        }
        discard(&store, given_up).await;
        forget(&store, later).await;
        for gone in &dead {
            assert!(!is_kept(&store, gone.id).await);
        }
        assert!(is_kept(&store, running.id).await && is_kept(&store, waiting.id).await);
    }
);

for_each_store!(
    a_batch_is_kept_while_one_of_its_notifications_is_to_be_judged_again,
    |store| {
        let (kept, other) = (posted(&store).await, posted(&store).await);
        all_done(&store).await;
        let settled = [doubted(0, Quarantine::ClientState), doubted(1, Quarantine::Credential)];
        for of in [&kept, &other] {
            let mut settled = settled.clone();
            for one in &mut settled {
                one.id = tenon_kernel::Id::at(moment());
            }
            let settling = store.inbox.settle(of.id, of.received_at, &settled, moment());
            settling.await.unwrap();
            if of.id == kept.id {
                store.notifications.replay(settled[1].id, moment()).await.unwrap();
            }
        }
        let later = moment().plus(Duration::from_secs(1));
        forget(&store, later).await;
        assert!(is_kept(&store, kept.id).await && !is_kept(&store, other.id).await);
        let given_up = all_die(&store).await;
        forget(&store, later).await;
        assert!(is_kept(&store, kept.id).await);
        let listed = in_twos(async |request| store.backlog.list(QueueName::Graph, State::Dead, &request).await).await;
        assert_eq!(listed.iter().map(|job| job.id).collect::<Vec<_>>(), given_up);
        discard(&store, given_up).await;
        forget(&store, later).await;
        assert!(!is_kept(&store, kept.id).await);
    }
);
