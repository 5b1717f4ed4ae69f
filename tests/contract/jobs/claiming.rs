use std::collections::BTreeSet;

use tenon_kernel::JobId;
use tenon_tests::clock::{MICROSECOND, moment};
use tenon_tests::for_each_store;
use tenon_tests::jobs::{LEASE, claim, enqueue, worker};
use tenon_tests::race::race;

for_each_store!(claimers_who_race_never_share_a_job, |store| {
    let ids: BTreeSet<JobId> = enqueue(&store, 200).await.into_iter().collect();
    let now = moment();
    // Half of them as another instance has them.
    let stores = [(*store).clone(), store.another()];
    let claimers = (0..10).map(|number| {
        let (store, worker) = (stores[number % 2].clone(), worker());
        async move {
            let mut claimed = Vec::new();
            loop {
                let jobs = claim(&store, worker, 7, now).await;
                if jobs.is_empty() {
                    return claimed;
                }
                assert!(jobs.iter().all(|job| job.worker == worker && job.attempt == 1));
                claimed.extend(jobs.into_iter().map(|job| job.id));
            }
        }
    });
    let claimed: Vec<JobId> = race(claimers).await.concat();
    assert_eq!(claimed.len(), 200);
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), ids);
});

for_each_store!(no_more_is_claimed_than_was_asked_for, |store| {
    enqueue(&store, 3).await;
    assert!(claim(&store, worker(), 0, moment()).await.is_empty());
    assert_eq!(claim(&store, worker(), 2, moment()).await.len(), 2);
    assert_eq!(claim(&store, worker(), 2, moment()).await.len(), 1);
});

for_each_store!(
    a_job_is_claimed_again_when_its_lease_has_run_out_and_not_before,
    |store| {
        let (one, other) = (worker(), worker());
        let ids = enqueue(&store, 1).await;
        let now = moment();
        claim(&store, one, 1, now).await;
        let end = now.plus(LEASE);
        assert!(claim(&store, other, 1, end.minus(MICROSECOND)).await.is_empty());
        let again = claim(&store, other, 1, end).await;
        assert_eq!((again[0].id, again[0].attempt, again[0].worker), (ids[0], 2, other));
    }
);

for_each_store!(claimers_who_race_for_a_lease_that_has_run_out_never_share_it, |store| {
    enqueue(&store, 20).await;
    let now = moment();
    assert_eq!(claim(&store, worker(), 20, now).await.len(), 20);
    let later = now.plus(LEASE);
    let claimers = (0..6).map(|_| {
        let store = (*store).clone();
        async move { claim(&store, worker(), 20, later).await.len() }
    });
    assert_eq!(race(claimers).await.into_iter().sum::<usize>(), 20);
});
