//! A server that is not there, dies, or hangs.

use std::process::Command;
use std::time::Instant;

use tenon_kernel::{Probe, Quota, ServiceState};
use tenon_redis::{Redis, RedisProbe};
use tenon_tests::waiting::until;
use xtask::servers::Redis as Server;

use crate::counters::{Counters, PATIENCE, connect, key, millis, quota, seconds};

/// So much may a request cost that does not ask the server; a request that waits for it takes 250 ms.
const AT_ONCE: u64 = 100;

fn three() -> Quota {
    quota("api", 3, seconds(3600))
}

async fn assert_counts(counters: &Counters, key: &str) {
    for allowed in [true, true, true, false] {
        assert_eq!(counters.limits.take(&three(), key).await.allowed(), allowed);
    }
}

async fn assert_heals(redis: &Redis, counters: &Counters) {
    until("redis to be back", PATIENCE, async || !redis.degraded()).await;
    assert!(matches!(
        RedisProbe::new(redis.clone()).look().await,
        ServiceState::Up(_)
    ));
    assert_counts(counters, &key()).await;
    assert!(!redis.degraded());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_at_start_is_found_when_it_comes() {
    let mut server = Server::start().unwrap();
    server.kill().unwrap();
    let start = Instant::now();
    let redis = connect(&server.url()).await;
    let counters = Counters::over(&redis);
    assert!(redis.degraded());
    assert_eq!(RedisProbe::new(redis.clone()).look().await, ServiceState::Down);
    assert_counts(&counters, &key()).await;
    assert!(start.elapsed() < seconds(1), "took {:?}", start.elapsed());
    server.restart().unwrap();
    assert_heals(&redis, &counters).await;
    assert_eq!(redis.outages(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_replaced_in_process_and_taken_up_again() {
    let mut server = Server::start().unwrap();
    let redis = connect(&server.url()).await;
    let counters = Counters::over(&redis);
    assert_counts(&counters, &key()).await;
    for outage in 1..=2 {
        server.kill().unwrap();
        let (key, account) = (key(), key());
        assert_counts(&counters, &key).await;
        for _ in 0..4 {
            counters.attempts.failed(&account).await;
        }
        assert!(!counters.attempts.wait(&account).await.is_zero());
        counters.attempts.succeeded(&account).await;
        assert!(counters.attempts.wait(&account).await.is_zero());
        assert!(redis.degraded());
        assert_eq!(RedisProbe::new(redis.clone()).look().await, ServiceState::Down);
        server.restart().unwrap();
        assert_heals(&redis, &counters).await;
        assert_eq!(redis.outages(), outage);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_shows_without_any_request() {
    let mut server = Server::start().unwrap();
    let redis = connect(&server.url()).await;
    assert!(!redis.degraded());
    server.stop().unwrap();
    until("the outage to be seen", PATIENCE, async || redis.degraded()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_on_a_server_that_hangs() {
    let server = Server::start().unwrap();
    let redis = connect(&server.url()).await;
    let counters = Counters::over(&redis);
    assert_counts(&counters, &key()).await;
    signal(&server, "-STOP");
    let start = Instant::now();
    counters.limits.take(&three(), &key()).await;
    assert!(
        start.elapsed() < seconds(1),
        "the first request took {:?}",
        start.elapsed()
    );
    assert!(redis.degraded());
    for _ in 0..50 {
        let start = Instant::now();
        counters.limits.take(&three(), &key()).await;
        counters.attempts.wait(&key()).await;
        assert!(start.elapsed() < millis(AT_ONCE), "took {:?}", start.elapsed());
    }
    signal(&server, "-CONT");
    assert_heals(&redis, &counters).await;
    assert_eq!(redis.outages(), 1);
}

fn signal(server: &Server, signal: &str) {
    let pid = server.pid().unwrap().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_under_way_when_the_server_dies_are_all_answered() {
    let mut server = Server::start().unwrap();
    let redis = connect(&server.url()).await;
    let counters = Counters::over(&redis);
    // Slower to fill than any machine is to take.
    let quota = quota("api", 1_000_000, seconds(86_400));
    let key = key();
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (counters, redis, key) = (counters.clone(), redis.clone(), key.clone());
        requests.spawn(async move {
            // Some before, some in, and some after the moment of death.
            while !redis.degraded() {
                assert!(counters.limits.take(&quota, &key).await.allowed());
            }
            assert!(counters.limits.take(&quota, &key).await.allowed());
        });
    }
    while counters.limits.take(&quota, &key).await.remaining > 999_000 {}
    server.kill().unwrap();
    requests.join_all().await;
    assert_eq!(redis.outages(), 1);
}
