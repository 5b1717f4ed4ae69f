//! Three instances on one Postgres, which are killed in turn while clients go from one to the next.

use tenon_tests::app::{Options, Setup, TestApp, number_of_kills};

use super::correspondence::Correspondence;
use super::doors::Doors;
use super::options;

const INSTANCES: usize = 3;

async fn kill_in_turn(name: &str, options: Options) {
    let mut apps = TestApp::start_together(options, INSTANCES).await;
    let doors = |person: tenon_tests::app::Person| Doors::of(apps.iter().map(|app| person.on(app)).collect());
    let mut correspondence = Correspondence::begin(&apps[0], doors).await;
    let kills = number_of_kills(9);
    for kill in 0..kills {
        let app = &mut apps[kill as usize % INSTANCES];
        correspondence.more(10 + 7 * (kill % 9)).await;
        app.kill().await;
        // The others go on meanwhile.
        correspondence.more(10).await;
        app.start_again().await;
    }
    correspondence.more(50).await;
    correspondence.end(&format!("{name}, {kills} kills")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_of_three_instances_lose_no_message_and_double_none() {
    kill_in_turn("three instances", options(Setup::PostgresWithRedis)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_of_three_instances_without_redis_lose_no_message_and_double_none() {
    let options = options(Setup::PostgresWithRedis).without_redis();
    kill_in_turn("three instances without Redis", options).await;
}
