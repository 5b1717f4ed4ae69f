//! What the port of instances promises, in both databases and in Redis.

use std::time::{Duration, Instant};

use tenon_cluster::Instance;
use tenon_kernel::{Clock, ServiceState};
use tenon_local::SystemClock;
use tenon_tests::clock::{DAY, MINUTE, SECOND, moment};
use tenon_tests::cluster::{Shared, instance, started};
use tenon_tests::race::race;
use tenon_tests::waiting::until;
use tenon_tests::{for_each_instances, for_each_store};
use tokio::time::sleep;

/// No test lasts so long.
const LONG: Duration = Duration::from_secs(600);

/// How exactly the clocks of the adapters measure.
const EXACTLY: Duration = Duration::from_millis(2);

/// Waits until an instance is listed no more.
async fn vanishes(shared: &Shared, instance: &Instance, limit: Duration) {
    until("the instance vanishes", limit, async || {
        shared.listed(&[instance]).await.is_empty()
    })
    .await;
}

for_each_instances!(an_instance_is_listed_for_all_as_it_was_said_last, |shared| {
    let mut instance = instance();
    assert_eq!(shared.listed(&[&instance]).await, []);
    shared.one.beat(&instance, LONG).await.unwrap();
    assert_eq!(shared.listed(&[&instance]).await, std::slice::from_ref(&instance));

    instance.seen_at = instance.seen_at.plus(MINUTE);
    instance.signs.sockets = 0;
    instance.signs.jobs = 1_000_000_000_000;
    instance.signs.database = ServiceState::Down;
    for redis in [Some(ServiceState::Up(Duration::ZERO)), Some(ServiceState::Down), None] {
        instance.signs.redis = redis;
        shared.one.beat(&instance, LONG).await.unwrap();
        assert_eq!(shared.listed(&[&instance]).await, std::slice::from_ref(&instance));
    }
});

for_each_instances!(an_instance_is_listed_until_its_life_is_over_and_no_longer, |shared| {
    let (instance, life) = (instance(), Duration::from_millis(500));
    let before = Instant::now();
    shared.one.beat(&instance, life).await.unwrap();
    let after = Instant::now();
    loop {
        let asked = Instant::now();
        if shared.listed(&[&instance]).await.is_empty() {
            assert!(before.elapsed() + EXACTLY >= life, "gone after {:?}", before.elapsed());
            break;
        }
        let late = asked.duration_since(after);
        assert!(late <= life + EXACTLY, "still there after {late:?}");
        sleep(Duration::from_millis(5)).await;
    }
    shared.one.beat(&instance, LONG).await.unwrap();
    assert_eq!(shared.listed(&[&instance]).await, [instance], "it is back");
});

for_each_instances!(every_beat_begins_a_life_anew, |shared| {
    let (lives, dies, life) = (instance(), instance(), Duration::from_millis(200));
    shared.one.beat(&lives, life).await.unwrap();
    shared.one.beat(&lives, LONG).await.unwrap();
    shared.one.beat(&dies, life).await.unwrap();
    vanishes(&shared, &dies, 5 * SECOND).await;
    assert_eq!(shared.listed(&[&lives, &dies]).await, std::slice::from_ref(&lives));
    // A shorter life counts as well.
    shared.one.beat(&lives, life).await.unwrap();
    vanishes(&shared, &lives, 5 * SECOND).await;
});

for_each_instances!(the_clocks_of_instances_do_not_matter, |shared| {
    let now = SystemClock::default().now();
    let clocks = [now.minus(400 * DAY), now, now.plus(400 * DAY)];
    let [behind, right, ahead] = clocks.map(started);
    let life = Duration::from_millis(400);
    for instance in [&ahead, &behind, &right] {
        shared.one.beat(instance, LONG).await.unwrap();
    }
    let all = [&behind, &right, &ahead];
    assert_eq!(shared.listed(&all).await, all.map(Clone::clone));
    for instance in all {
        shared.one.beat(instance, life).await.unwrap();
        vanishes(&shared, instance, 5 * SECOND).await;
    }
});

for_each_instances!(those_that_started_first_come_before_the_others, |shared| {
    let start = moment();
    let mut instances: Vec<Instance> = [3, 1, 2, 2, 0].map(|after| started(start.plus(after * SECOND))).into();
    for instance in &instances {
        shared.one.beat(instance, LONG).await.unwrap();
    }
    let listed = shared.listed(&instances.iter().collect::<Vec<_>>()).await;
    instances.sort_by_key(|instance| (instance.started_at, instance.id));
    assert_eq!(listed, instances);
});

for_each_instances!(an_instance_that_leaves_is_gone_at_once_and_the_others_stay, |shared| {
    let (goes, stays) = (instance(), instance());
    for instance in [&goes, &stays] {
        shared.one.beat(instance, LONG).await.unwrap();
    }
    for _ in 0..2 {
        shared.one.leave(goes.id).await.unwrap();
        assert_eq!(shared.listed(&[&goes, &stays]).await, std::slice::from_ref(&stays));
    }
});

for_each_instances!(instances_that_beat_at_the_same_time_are_all_listed, |shared| {
    let instances: Vec<Instance> = (0..12).map(|_| instance()).collect();
    for _ in 0..3 {
        let beats = instances.iter().cloned().enumerate().map(|(number, instance)| {
            let through = if number % 2 == 0 { &shared.one } else { &shared.other };
            let through = std::sync::Arc::clone(through);
            async move { through.beat(&instance, LONG).await }
        });
        for outcome in race(beats).await {
            outcome.unwrap();
        }
    }
    assert_eq!(shared.listed(&instances.iter().collect::<Vec<_>>()).await, instances);
});

for_each_store!(what_is_left_of_an_instance_that_vanished_a_day_ago_is_purged, |store| {
    let now = SystemClock::default().now();
    store.instances.beat(&instance(), Duration::ZERO).await.unwrap();
    assert_eq!(store.instances.list().await.unwrap(), []);
    let purged = async |at| store.housekeeping.purge(at).await.unwrap();
    assert_eq!(purged(now).await, 0);
    assert_eq!(purged(now.plus(2 * DAY)).await, 1);
    assert_eq!(purged(now.plus(2 * DAY)).await, 0);
});
