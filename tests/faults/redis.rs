//! Redis, shared and dead.

use std::time::{Duration, Instant};

use tenon_tests::app::{Client, Setup, TestApp};
use tokio::task::block_in_place;

use tenon_tests::waiting::{p99, timed, until, until_service};

const SOON: Duration = Duration::from_secs(2);

/// Generous: a request that waits for Redis would take longer.
const QUICK: Duration = Duration::from_millis(200);

/// How many of so many requests are let through, asked at the instances in turn.
async fn let_through(who: &Client, apps: &[&TestApp], requests: usize) -> usize {
    let mut count = 0;
    for app in apps.iter().cycle().take(requests) {
        let answer = who.at(app).me().await;
        if answer.status == 200 {
            count += 1;
        } else {
            let problem = answer.problem(429, "rate_limited");
            assert!(problem.headers.contains_key("retry-after"));
        }
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_count_requests_together() {
    let one = Setup::PostgresWithRedis.options().limits(1_000_000, 20).start().await;
    let other = one.another(&[]).await;
    let ada = one.register("ada").await;
    let begin = Instant::now();
    let count = let_through(&ada, &[&one, &other], 40).await;
    // One comes back every three seconds.
    let back = usize::try_from(begin.elapsed().as_secs() / 3).unwrap();
    assert!((20..=21 + back).contains(&count), "{count}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_counted_and_wait_for_nothing_while_redis_is_dead() {
    let options = Setup::PostgresWithRedis.options().own_redis().limits(1_000_000, 150);
    let app = options.start().await;
    let (ada, bea) = (app.register("ada").await, app.register("bea").await);
    let anyone = app.anonymous();
    until_service(&anyone, "redis", "up", SOON).await;
    let redis = app.redis().unwrap();

    block_in_place(|| redis.lock().kill()).unwrap();
    let mut times = Vec::new();
    for _ in 0..100 {
        let (answer, time) = timed(ada.me()).await;
        answer.expect(200);
        times.push(time);
    }
    let p99 = p99(times);
    assert!(p99 < QUICK, "{p99:?}");
    let down = until_service(&anyone, "redis", "down", SOON).await;
    let health = anyone.health().await.expect(503).json();
    assert_eq!(
        (&health["status"], &health["services"]["redis"]["rateLimits"]),
        (&"degraded".into(), &"process".into())
    );
    anyone.get("/api/health/ready").await.expect(200);
    let begin = Instant::now();
    let count = let_through(&bea, &[&app], 170).await;
    // One comes back every 400 ms.
    let back = usize::try_from(begin.elapsed().as_millis() / 400).unwrap();
    assert!((150..=151 + back).contains(&count), "{count}");

    block_in_place(|| redis.lock().restart()).unwrap();
    let up = until_service(&anyone, "redis", "up", SOON).await;
    until("shared again", SOON, async || {
        anyone.health().await.json()["services"]["redis"]["rateLimits"] == "shared"
    })
    .await;
    anyone.health().await.expect(200);
    ada.me().await.expect(200);
    eprintln!("p99 of GET without Redis {p99:?}; down after {down:?}, up after {up:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_reaches_the_other_instance_while_redis_is_dead() {
    let one = Setup::PostgresWithRedis.options().own_redis().start().await;
    let other = one.another(&[]).await;
    let ada = one.register("ada").await;
    let there = ada.at(&other);
    there.me().await.expect(200);
    block_in_place(|| one.redis().unwrap().lock().kill()).unwrap();
    ada.logout().await.expect(204);
    let took = until("refused", Duration::from_secs(5), async || {
        there.me().await.status == 401
    })
    .await;
    eprintln!("refused after {took:?} without Redis");
}
