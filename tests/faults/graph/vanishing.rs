//! An instance that is killed while it settles what was posted.

use std::time::Duration;

use tenon_tests::app::Setup;
use tenon_tests::databases::psql;
use tenon_tests::graph_scene::GraphScene;
use tenon_tests::lock::Lock;

use tenon_tests::poster::{Poster, assert_told_once};
use tenon_tests::waiting::until;

/// A lease of 20 s, half a second until another instance looks, and something for a machine that is busy.
const TAKEN_UP: Duration = Duration::from_secs(30);

const KEY: i64 = 550;

/// Whoever stores the item in this place waits for the lock.
const HALT: &str = "CREATE FUNCTION halt() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock_shared(550); RETURN NEW; END';
    CREATE TRIGGER halt BEFORE INSERT ON graph_notifications
    FOR EACH ROW WHEN (NEW.position = 550) EXECUTE FUNCTION halt()";

const HALTED: &str = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_instance_was_settling_another_takes_up_within_30_seconds_and_tells_once() {
    let mut scene = GraphScene::set(Setup::PostgresWithRedis.options()).await;
    scene.subscribed(false).await;
    let mut other = scene.app.another(&[("PORT", "0")]).await;
    let poster = Poster::of(&scene);
    let url = scene.app.database().url().to_owned();
    let ask = |query: &str| psql(&url, query).trim().to_owned();
    ask(HALT);
    let lock = Lock::advisory(scene.app.database(), KEY).await;
    let post = poster.batch("item", 1000);
    post.send_until_taken(&scene.app.anonymous()).await;
    until("in the middle", TAKEN_UP, async || ask(HALTED) == "1").await;

    let worker = ask("SELECT worker FROM jobs WHERE queue = 'graph' AND worker IS NOT NULL");
    let (doing, living) = match scene.app.log_so_far().await.contains(&worker) {
        true => (&mut scene.app, &other),
        false => (&mut other, &scene.app),
    };
    doing.kill().await;
    drop(lock);
    let owner = scene.owner.on(living);
    let settled = async || ask("SELECT count(*) FROM graph_notifications");
    let before: usize = settled().await.parse().unwrap();
    assert_eq!(before, 500, "it was killed in the middle");
    let took = until("settled by the other", TAKEN_UP, async || settled().await == "1000").await;
    let is_done = async || ask("SELECT count(*) FROM jobs WHERE queue = 'graph'") == "0";
    until("done", TAKEN_UP, is_done).await;
    assert_told_once(&owner, &[post]).await;
    eprintln!(
        "the rest of 1,000 was settled {:.1} s after the kill",
        took.as_secs_f64()
    );
}
