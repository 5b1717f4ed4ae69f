//! What only a shared server can promise.

use std::time::Duration;

use redis::Cmd;
use redis::aio::MultiplexedConnection;
use tenon_kernel::{Probe, Recoveries, ServiceState, Tickets};
use tenon_redis::{Redis, RedisProbe, RedisRecoveries, RedisTickets, UrlError};
use tenon_tests::waiting::until;
use tokio::runtime::{Builder, Handle};
use xtask::servers::Redis as Server;

use crate::counters::{Counters, PATIENCE, connect, key, quota, seconds, url};
use crate::tickets::ticket;

async fn ask<T: redis::FromRedisValue>(connection: &mut MultiplexedConnection, words: &[&str]) -> T {
    let mut command = Cmd::new();
    command.arg(words);
    command.query_async(connection).await.unwrap()
}

async fn raw(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_counts() {
    let (one, other) = (Counters::redis().await, Counters::redis().await);
    let (quota, key) = (quota("api", 4, seconds(3600)), key());
    for remaining in [3, 1] {
        assert_eq!(one.limits.take(&quota, &key).await.remaining, remaining);
        assert_eq!(other.limits.take(&quota, &key).await.remaining, remaining - 1);
    }
    assert!(!one.limits.take(&quota, &key).await.allowed());

    for _ in 0..2 {
        one.attempts.failed(&key).await;
        other.attempts.failed(&key).await;
    }
    assert!(!one.attempts.wait(&key).await.is_zero());
    other.attempts.succeeded(&key).await;
    assert!(one.attempts.wait(&key).await.is_zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_named_for_their_quota_and_go_when_it_is_whole() {
    let (counters, key) = (Counters::redis().await, key());
    let mut connection = raw(&url()).await;
    for name in ["auth", "api"] {
        let quota = quota(name, 6, seconds(60));
        for taken in 1..=3 {
            counters.limits.take(&quota, &key).await;
            let left: i64 = ask(&mut connection, &["PTTL", &format!("rl:{name}:{key}")]).await;
            assert!(left <= taken * 10_000 && left > taken * 10_000 - 2_000, "{left} ms");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recoveries_and_tickets_are_named_for_what_they_are_and_go_with_their_lives() {
    let redis = connect(&url()).await;
    let (recovery, ticket, life) = (ticket(), ticket(), seconds(60));
    let recoveries = RedisRecoveries::new(redis.clone());
    recoveries.keep(recovery, vec![1], life).await.unwrap();
    RedisTickets::new(redis).issue(ticket, life).await.unwrap();
    let mut connection = raw(&url()).await;
    for (kind, digest) in [("tenon:recovery", recovery), ("ticket", ticket)] {
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let left: i64 = ask(&mut connection, &["PTTL", &format!("{kind}:{digest}")]).await;
        assert!(left <= 60_000 && left > 58_000, "{kind}: {left} ms");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_forgotten_half_an_hour_after_the_last() {
    let (counters, account) = (Counters::redis().await, key());
    let mut connection = raw(&url()).await;
    let name = format!("attempts:{account}");
    for _ in 0..5 {
        counters.attempts.failed(&account).await;
        let left: i64 = ask(&mut connection, &["PTTL", &name]).await;
        assert!(left <= 1_800_000 && left > 1_798_000, "{left} ms");
        let _: i64 = ask(&mut connection, &["PEXPIRE", &name, "60000"]).await;
    }
    assert!(!counters.attempts.wait(&account).await.is_zero());
    let _: i64 = ask(&mut connection, &["PEXPIRE", &name, "0"]).await;
    assert!(counters.attempts.wait(&account).await.is_zero());
    counters.attempts.failed(&account).await;
    assert!(counters.attempts.wait(&account).await.is_zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_is_an_error_counts_in_process_and_keeps_the_connection() {
    let redis = connect(&url()).await;
    let (counters, bad, good) = (Counters::over(&redis), key(), key());
    let mut connection = raw(&url()).await;
    let _: i64 = ask(&mut connection, &["HSET", &format!("rl:api:{bad}"), "field", "value"]).await;
    let quota = quota("api", 2, seconds(3600));
    for allowed in [true, true, false] {
        assert_eq!(counters.limits.take(&quota, &bad).await.allowed(), allowed);
        assert!(redis.degraded());
    }
    assert!(counters.limits.take(&quota, &good).await.allowed());
    assert!(!redis.degraded());
    assert_eq!(redis.outages(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_on_short_lived_runtimes_do_not_take_the_connection_with_them() {
    let redis = connect(&url()).await;
    let (counters, key) = (Counters::over(&redis), key());
    for remaining in [3, 2, 1, 0] {
        let (counters, key) = (counters.clone(), key.clone());
        let worker = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(counters.limits.take(&quota("api", 4, seconds(3600)), &key))
        });
        let standing = tokio::task::spawn_blocking(|| worker.join().unwrap()).await.unwrap();
        assert_eq!(standing.remaining, remaining);
    }
    assert_eq!(redis.outages(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_last_handle_closes_the_connection() {
    let server = Server::start().unwrap();
    let mut connection = raw(&server.url()).await;
    let redis = connect(&server.url()).await;
    let clone = redis.clone();
    let mut clients = async || -> usize {
        let list: String = ask(&mut connection, &["CLIENT", "LIST"]).await;
        list.lines().count()
    };
    assert_eq!(clients().await, 2);
    drop(redis);
    assert_eq!(
        Counters::over(&clone)
            .limits
            .take(&quota("api", 2, seconds(60)), "a")
            .await
            .remaining,
        1
    );
    drop(clone);
    until("the connection to be closed", PATIENCE, async || clients().await == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probe_measures_a_server_that_answers() {
    let probe = RedisProbe::new(connect(&url()).await);
    assert_eq!(probe.name(), "redis");
    let ServiceState::Up(time) = probe.look().await else {
        panic!("the server is down")
    };
    assert!(!time.is_zero() && time < Duration::from_secs(1), "{time:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn urls_that_ask_for_tls_or_are_none_are_refused() {
    for url in ["rediss://localhost:6379", "REDISS://localhost", "valkeys://localhost"] {
        let refused = Redis::connect(url, &Handle::current()).await.err();
        assert!(matches!(refused, Some(UrlError::Tls)), "{url}");
    }
    for url in [
        "",
        "localhost:6379",
        "http://localhost",
        "redis://localhost:port",
        "redis://localhost/zero",
    ] {
        let refused = Redis::connect(url, &Handle::current()).await.err();
        assert!(matches!(refused, Some(UrlError::Malformed(_))), "{url}");
    }
}
