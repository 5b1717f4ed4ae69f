use std::time::{Duration, Instant};

use tenon_kernel::{Quota, RateLimits};
use tenon_tests::waiting::until;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::counters::{Counters, PATIENCE, for_each_counter, key, millis, quota, seconds};

for_each_counter!(
    the_whole_amount_is_allowed_at_once_and_the_next_is_refused,
    a_standing_says_what_is_left_and_when_it_is_whole,
    a_window_without_requests_makes_the_quota_whole,
    requests_come_free_one_by_one,
    refused_requests_do_not_lengthen_the_wait,
    keys_are_counted_apart,
    quotas_of_different_names_are_counted_apart,
    of_200_concurrent_requests_exactly_100_are_allowed,
    a_shorter_window_is_not_held_up_by_the_longer_one_before,
);

async fn allowed(limits: &dyn RateLimits, quota: &Quota, key: &str) -> bool {
    limits.take(quota, key).await.allowed()
}

async fn use_up(limits: &dyn RateLimits, quota: &Quota, key: &str) {
    for _ in 0..quota.amount.get() {
        assert!(allowed(limits, quota, key).await);
    }
    assert!(!allowed(limits, quota, key).await);
}

async fn the_whole_amount_is_allowed_at_once_and_the_next_is_refused(counters: Counters) {
    for amount in [1, 5, 7, 100] {
        let quota = quota("auth", amount, seconds(3600));
        use_up(&*counters.limits, &quota, &key()).await;
    }
}

async fn a_standing_says_what_is_left_and_when_it_is_whole(counters: Counters) {
    let (quota, key) = (quota("auth", 5, seconds(60)), key());
    for taken in 1..=5 {
        let standing = counters.limits.take(&quota, &key).await;
        assert_eq!(standing.retry_after, Duration::ZERO);
        assert_eq!(standing.remaining, 5 - taken);
        let whole = quota.interval() * taken;
        assert!(
            standing.reset <= whole && standing.reset > whole - seconds(2),
            "{standing:?}"
        );
    }
    let refused = counters.limits.take(&quota, &key).await;
    assert_eq!(refused.remaining, 0);
    assert!(
        refused.retry_after <= seconds(12) && refused.retry_after > seconds(10),
        "{refused:?}"
    );
    assert!(
        refused.reset <= seconds(60) && refused.reset > seconds(58),
        "{refused:?}"
    );
}

async fn a_window_without_requests_makes_the_quota_whole(counters: Counters) {
    let (quota, key) = (quota("auth", 3, millis(1500)), key());
    use_up(&*counters.limits, &quota, &key).await;
    sleep(quota.window).await;
    use_up(&*counters.limits, &quota, &key).await;
}

async fn requests_come_free_one_by_one(counters: Counters) {
    let (quota, key) = (quota("auth", 2, seconds(2)), key());
    use_up(&*counters.limits, &quota, &key).await;
    let wait = counters.limits.take(&quota, &key).await.retry_after;
    assert!(wait <= quota.interval(), "{wait:?}");
    sleep(wait).await;
    assert!(allowed(&*counters.limits, &quota, &key).await);
    assert!(!allowed(&*counters.limits, &quota, &key).await);
}

async fn refused_requests_do_not_lengthen_the_wait(counters: Counters) {
    let (quota, key) = (quota("auth", 2, seconds(1)), key());
    use_up(&*counters.limits, &quota, &key).await;
    let start = Instant::now();
    let mut refused = 0;
    while !allowed(&*counters.limits, &quota, &key).await {
        refused += 1;
        assert!(
            start.elapsed() < seconds(5),
            "refused {refused} times and still waiting"
        );
    }
    assert!(refused > 10, "refused {refused} times only");
    assert!(start.elapsed() < quota.window, "waited {:?}", start.elapsed());
}

async fn keys_are_counted_apart(counters: Counters) {
    let quota = quota("auth", 2, seconds(3600));
    use_up(&*counters.limits, &quota, &key()).await;
    use_up(&*counters.limits, &quota, &key()).await;
}

async fn quotas_of_different_names_are_counted_apart(counters: Counters) {
    let key = key();
    for name in ["auth", "api"] {
        use_up(&*counters.limits, &quota(name, 2, seconds(3600)), &key).await;
    }
}

async fn of_200_concurrent_requests_exactly_100_are_allowed(counters: Counters) {
    let (quota, key) = (quota("api", 100, seconds(3600)), key());
    let mut requests = JoinSet::new();
    for _ in 0..200 {
        let (counters, key) = (counters.clone(), key.clone());
        requests.spawn(async move { allowed(&*counters.limits, &quota, &key).await });
    }
    let outcomes = requests.join_all().await;
    assert_eq!(outcomes.iter().filter(|allowed| **allowed).count(), 100);
}

async fn a_shorter_window_is_not_held_up_by_the_longer_one_before(counters: Counters) {
    let key = key();
    use_up(&*counters.limits, &quota("api", 1, seconds(3600)), &key).await;
    let shorter = quota("api", 1, millis(300));
    until("a request of the shorter window", PATIENCE, async || {
        allowed(&*counters.limits, &shorter, &key).await
    })
    .await;
}
