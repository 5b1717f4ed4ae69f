//! Postgres, stopped or frozen.

use std::time::Duration;

use tenon_tests::app::Setup;
use tenon_tests::graph_scene::GraphScene;
use tenon_tests::race::race;
use tokio::task::block_in_place;
use xtask::servers::Postgres;

use tenon_tests::poster::{Poster, assert_told_once, settled};
use tenon_tests::waiting::until;

const HEALING: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_postgres_posts_are_refused_in_time_and_with_it_they_are_kept_again() {
    let mut postgres = block_in_place(Postgres::start).unwrap();
    let options = Setup::PostgresWithRedis.options().without_redis();
    let scene = GraphScene::set(options.set("DATABASE_URL", &postgres.url())).await;
    scene.subscribed(false).await;
    let (poster, anyone) = (Poster::of(&scene), scene.app.anonymous());
    let before = poster.batch("before", 20);
    before.send_until_taken(&anyone).await;

    block_in_place(|| postgres.stop()).unwrap();
    let crowd = (0..50).map(|number| {
        let (anyone, post) = (anyone.clone(), poster.batch(&format!("refused-{number}"), 20));
        async move { (post.send(&anyone).await, post) }
    });
    let answers = race(crowd).await;
    assert!(answers.iter().all(|((taken, _), _)| !taken));
    let slowest = answers.iter().map(|((_, took), _)| *took).max().unwrap();

    block_in_place(|| postgres.restart()).unwrap();
    let probe = poster.batch("probe", 1);
    let healed = until("taken again", HEALING, async || probe.send(&anyone).await.0).await;
    let mut all = vec![before, probe];
    for (_, post) in answers {
        post.send_until_taken(&anyone).await;
        all.push(post);
    }
    settled(&scene.app).await;
    assert_told_once(&scene.owner, &all).await;
    eprintln!("refused within {slowest:?}; taken again {healed:?} after the start");
}
