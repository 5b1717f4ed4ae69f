use std::time::{Duration, Instant};

use tenon_accounts::Attempts;
use tenon_tests::waiting::until;
use tokio::task::JoinSet;

use crate::counters::{Counters, PATIENCE, for_each_counter, key, millis, seconds};

for_each_counter!(
    three_wrong_passwords_cost_no_wait_and_the_fourth_does,
    the_wait_ends_and_the_next_one_is_longer,
    the_right_password_starts_the_count_anew,
    accounts_are_counted_apart,
    concurrent_failures_are_counted_one_by_one,
    the_wait_grows_to_fifteen_minutes_and_no_further,
);

async fn fail(attempts: &dyn Attempts, account: &str, times: u32) {
    for _ in 0..times {
        attempts.failed(account).await;
    }
}

/// The wait is counted down while the test runs, hence the second of tolerance.
async fn assert_waits(attempts: &dyn Attempts, account: &str, expected: Duration) {
    let wait = attempts.wait(account).await;
    assert!(
        wait <= expected && wait > expected - seconds(1),
        "waits {wait:?} and not {expected:?}"
    );
}

async fn three_wrong_passwords_cost_no_wait_and_the_fourth_does(counters: Counters) {
    let (attempts, account) = (&*counters.attempts, key());
    assert_eq!(attempts.wait(&account).await, Duration::ZERO);
    for _ in 0..3 {
        fail(attempts, &account, 1).await;
        assert_eq!(attempts.wait(&account).await, Duration::ZERO);
    }
    fail(attempts, &account, 1).await;
    assert_waits(attempts, &account, seconds(1)).await;
    fail(attempts, &account, 1).await;
    assert_waits(attempts, &account, seconds(2)).await;
}

async fn the_wait_ends_and_the_next_one_is_longer(counters: Counters) {
    let (attempts, account) = (&*counters.attempts, key());
    let start = Instant::now();
    fail(attempts, &account, 4).await;
    until("the end of the wait", PATIENCE, async || {
        attempts.wait(&account).await.is_zero()
    })
    .await;
    let waited = start.elapsed();
    assert!(waited >= millis(990) && waited < seconds(3), "waited {waited:?}");
    fail(attempts, &account, 1).await;
    assert_waits(attempts, &account, seconds(2)).await;
}

async fn the_right_password_starts_the_count_anew(counters: Counters) {
    let (attempts, account) = (&*counters.attempts, key());
    fail(attempts, &account, 10).await;
    attempts.succeeded(&account).await;
    assert_eq!(attempts.wait(&account).await, Duration::ZERO);
    fail(attempts, &account, 3).await;
    assert_eq!(attempts.wait(&account).await, Duration::ZERO);
    attempts.succeeded(&key()).await;
    fail(attempts, &account, 1).await;
    assert_waits(attempts, &account, seconds(1)).await;
}

async fn accounts_are_counted_apart(counters: Counters) {
    let (attempts, one, other) = (&*counters.attempts, key(), key());
    fail(attempts, &one, 10).await;
    assert_eq!(attempts.wait(&other).await, Duration::ZERO);
    fail(attempts, &other, 4).await;
    assert_waits(attempts, &other, seconds(1)).await;
    assert_waits(attempts, &one, seconds(64)).await;
}

async fn concurrent_failures_are_counted_one_by_one(counters: Counters) {
    let account = key();
    let mut failures = JoinSet::new();
    for _ in 0..12 {
        let (attempts, account) = (counters.attempts.clone(), account.clone());
        failures.spawn(async move { attempts.failed(&account).await });
    }
    failures.join_all().await;
    assert_waits(&*counters.attempts, &account, seconds(256)).await;
}

async fn the_wait_grows_to_fifteen_minutes_and_no_further(counters: Counters) {
    let (attempts, account) = (&*counters.attempts, key());
    fail(attempts, &account, 14).await;
    assert_waits(attempts, &account, seconds(900)).await;
    fail(attempts, &account, 40).await;
    assert_waits(attempts, &account, seconds(900)).await;
}
