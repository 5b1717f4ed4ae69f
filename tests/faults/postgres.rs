//! Postgres, stopped.

use std::time::Duration;

use tenon_tests::app::{Answer, Setup, TestApp};
use tenon_tests::race::race;
use tokio::task::block_in_place;
use xtask::servers::Postgres;

use tenon_tests::waiting::{timed, until, until_service};

const SOON: Duration = Duration::from_secs(2);

/// What a request may take to be refused: the pool waits for two seconds before it gives up for the first time.
const REFUSAL: Duration = Duration::from_secs(3);

/// How long after the start of Postgres the last request may fail.
const HEALING: Duration = Duration::from_secs(3);

async fn on(postgres: &Postgres) -> TestApp {
    let options = Setup::PostgresWithRedis.options().without_redis();
    options.set("DATABASE_URL", &postgres.url()).start().await
}

fn start() -> Postgres {
    block_in_place(Postgres::start).unwrap()
}

async fn refused_soon(answers: impl Future<Output = Answer>) -> Duration {
    let (answer, time) = timed(answers).await;
    answer.problem(503, "unavailable");
    assert!(time < REFUSAL, "{time:?}");
    time
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_postgres_requests_are_refused_soon_and_with_it_they_work_again() {
    let mut postgres = start();
    let app = on(&postgres).await;
    let (ada, anyone) = (app.register("ada").await, app.anonymous());
    let asset = ada.made_asset("Pump").await;

    block_in_place(|| postgres.stop()).unwrap();
    let first = refused_soon(ada.asset(&asset)).await;
    let down = until_service(&anyone, "database", "down", SOON).await;
    anyone.health().await.expect(503);
    anyone.get("/api/health/ready").await.expect(503);
    anyone.get("/api/health/live").await.expect(200);
    let crowd = (0..100).map(|_| {
        let (ada, asset) = (ada.clone(), asset.clone());
        async move { refused_soon(ada.asset(&asset)).await }
    });
    let slowest = race(crowd).await.into_iter().max().unwrap();
    refused_soon(ada.create_asset(&serde_json::json!({ "title": "Valve" }))).await;

    block_in_place(|| postgres.restart()).unwrap();
    let up = until_service(&anyone, "database", "up", HEALING).await;
    anyone.health().await.expect(200);
    for _ in 0..50 {
        let crowd = (0..8).map(|_| {
            let (ada, asset) = (ada.clone(), asset.clone());
            async move { ada.asset(&asset).await.status }
        });
        assert_eq!(race(crowd).await, [200; 8]);
    }
    ada.made_asset("Valve").await;
    eprintln!("first refusal {first:?}, of a hundred at once {slowest:?}; down after {down:?}, up after {up:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_postgres_breaks_nothing_that_comes_after_it() {
    let mut postgres = start();
    let app = on(&postgres).await;
    let ada = app.register("ada").await;
    let asset = ada.made_asset("Pump").await;
    // All connections of the pool are open when Postgres goes.
    race((0..32).map(|_| {
        let ada = ada.clone();
        async move { ada.assets("").await.expect(200) }
    }))
    .await;
    block_in_place(|| postgres.restart()).unwrap();
    until("works", HEALING, async || ada.asset(&asset).await.status == 200).await;
    for _ in 0..100 {
        ada.asset(&asset).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_after_postgres_crashed() {
    let mut postgres = start();
    let app = on(&postgres).await;
    let ada = app.register("ada").await;
    let mut made = Vec::new();
    for number in 0..20 {
        made.push(ada.made_asset(&format!("Pump {number}")).await);
    }
    block_in_place(|| postgres.kill().and_then(|()| postgres.restart())).unwrap();
    until("works", Duration::from_secs(10), async || {
        ada.assets("").await.status == 200
    })
    .await;
    for asset in made {
        ada.asset(&asset).await.expect(200);
    }
}
