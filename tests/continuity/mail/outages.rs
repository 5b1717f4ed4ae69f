//! Postgres and Redis fail while people write to one another.

use tenon_tests::app::{Setup, TestApp};
use tokio::task::block_in_place;
use xtask::servers::Postgres;

use super::correspondence::Correspondence;
use super::doors::Doors;
use super::options;

const INSTANCES: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crashes_of_postgres_lose_no_message_that_was_acknowledged_and_double_none() {
    let mut postgres = block_in_place(Postgres::start).unwrap();
    let options = options(Setup::PostgresWithRedis).set("DATABASE_URL", &postgres.url());
    let app = options.start().await;
    let mut correspondence = Correspondence::begin(&app, |person| Doors::of(vec![person])).await;
    for crash in 0..4 {
        correspondence.more(30 + 17 * crash).await;
        block_in_place(|| {
            let gone = if crash % 2 == 0 {
                postgres.kill()
            } else {
                postgres.stop()
            };
            gone.and_then(|()| postgres.restart())
        })
        .unwrap();
    }
    correspondence.more(50).await;
    correspondence.end("Postgres, gone 4 times").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_flushed_and_crashes_loses_no_message_and_doubles_none() {
    let options = options(Setup::PostgresWithRedis).own_redis();
    let apps = TestApp::start_together(options, INSTANCES).await;
    let doors = |person: tenon_tests::app::Person| Doors::of(apps.iter().map(|app| person.on(app)).collect());
    let mut correspondence = Correspondence::begin(&apps[0], doors).await;
    for _ in 0..3 {
        correspondence.more(60).await;
        flush(&apps[0]).await;
        correspondence.more(60).await;
        block_in_place(|| {
            let mut redis = apps[0].redis().unwrap().lock();
            redis.kill().and_then(|()| redis.restart())
        })
        .unwrap();
    }
    correspondence.more(50).await;
    correspondence.end("Redis, flushed and gone 3 times").await;
}

async fn flush(app: &TestApp) {
    let url = app.redis().unwrap().lock().url();
    let mut connection = redis::Client::open(url)
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap();
    let () = redis::cmd("FLUSHALL").query_async(&mut connection).await.unwrap();
}
