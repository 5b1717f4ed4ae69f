//! Instances that are stopped, killed or cut off, as the others see it.

use std::time::Duration;

use serde_json::Value;
use tenon_tests::app::{Client, Options, Setup, TestApp};
use tenon_tests::lock::Lock;

use tenon_tests::waiting::until;

/// Within this time one that was told to stop is gone: the others look every two seconds.
const STOPPED: Duration = Duration::from_secs(3);
const KILLED: Duration = Duration::from_secs(30);

async fn instances(operator: &Client) -> Vec<Value> {
    let seen = operator.get("/api/cluster").await.expect(200).json();
    seen["instances"].as_array().unwrap().clone()
}

async fn until_there_are(operator: &Client, count: usize, limit: Duration) -> Duration {
    let what = format!("{count} instances");
    until(&what, limit, async || instances(operator).await.len() == count).await
}

async fn all_see_all(apps: &[&TestApp]) {
    for app in apps {
        until_there_are(&app.operator().await, apps.len(), Duration::from_secs(10)).await;
    }
}

/// Of three instances one is stopped and one is killed.
async fn stopped_and_killed(what: &str, options: Options) {
    let first = options.start().await;
    let (mut stopped, mut killed) = tokio::join!(first.another(&[]), first.another(&[]));
    all_see_all(&[&first, &stopped, &killed]).await;
    let operator = first.operator().await;
    let own = instances(&operator).await[0]["id"].clone();
    let (code, after) = tokio::join!(stopped.stop(), until_there_are(&operator, 2, STOPPED));
    assert_eq!(code, Some(0));
    eprintln!("{what}: stopped, and gone after {after:?}");
    killed.kill().await;
    let after = until_there_are(&operator, 1, KILLED).await;
    eprintln!("{what}: killed, and gone after {after:?}");
    assert_eq!(instances(&operator).await[0]["id"], own);
}

/// The Redis that knew the instances is killed, and comes back.
async fn without_the_redis_they_had() {
    let first = Setup::PostgresWithRedis.options().own_redis().start().await;
    let mut second = first.another(&[]).await;
    all_see_all(&[&first, &second]).await;
    let operator = first.operator().await;
    let redis = first.redis().unwrap();
    redis.lock().kill().unwrap();
    until("the own state to show it", Duration::from_secs(5), async || {
        instances(&operator).await[0]["redis"]["status"] == "down"
    })
    .await;
    assert_eq!(
        instances(&operator).await.len(),
        2,
        "what was seen last stays for a while"
    );
    second.kill().await;
    until_there_are(&operator, 1, KILLED).await;
    redis.lock().restart().unwrap();
    second.start_again().await;
    let after = until_there_are(&operator, 2, Duration::from_secs(15)).await;
    eprintln!("redis is back, and both after {after:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_shows_how_it_does_itself_while_the_database_keeps_it_waiting() {
    let app = Setup::PostgresWithRedis.options().without_redis().start().await;
    let (operator, ada) = (app.operator().await, app.register("ada").await);
    let _socket = ada.socket().await;
    let _lock = Lock::table(app.database(), "instances").await;
    let _another = ada.socket().await;
    until("the other socket", Duration::from_secs(5), async || {
        instances(&operator).await[0]["sockets"] == 2
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_is_gone_at_once_when_it_is_stopped_and_within_half_a_minute_when_it_is_killed() {
    let sqlite = || Setup::SqliteAlone.options();
    let postgres = || Setup::PostgresWithRedis.options().own_redis();
    let redis = xtask::servers::Redis::start().unwrap();
    tokio::join!(
        stopped_and_killed("SQLite", sqlite()),
        stopped_and_killed("SQLite with Redis", sqlite().set("REDIS_URL", &redis.url())),
        stopped_and_killed("Postgres", postgres().without_redis()),
        stopped_and_killed("Postgres with Redis", postgres()),
        without_the_redis_they_had(),
    );
}
