//! A database that somebody else has locked.

use std::time::Duration;

use tenon_tests::app::{Client, TestApp};
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::GraphScene;
use tenon_tests::lock::Lock;
use tokio::time::{Instant, interval, sleep_until};

use tenon_tests::poster::{Post, Poster, assert_told_once, settled};
use tenon_tests::waiting::until;

const PACE: Duration = Duration::from_millis(200);

/// How long after the lock a post may still be refused.
const HEALING: Duration = Duration::from_secs(3);

/// What came of the posts to a locked database.
struct Locked {
    taken: Vec<Post>,
    refused: Vec<Post>,
    slowest: Duration,
}

/// Posts steadily while the database is locked. Every answer comes in time.
async fn post_while_locked(app: &TestApp, poster: &Poster, time: Duration) -> Locked {
    let anyone = app.anonymous();
    let lock = Lock::inbox(app.database()).await;
    let end = Instant::now() + time;
    let mut pace = interval(PACE);
    let mut under_way = Vec::new();
    while Instant::now() < end {
        pace.tick().await;
        let name = format!("{}-{}", time.as_secs(), under_way.len());
        let (anyone, post): (Client, Post) = (anyone.clone(), poster.batch(&name, 5));
        under_way.push(tokio::spawn(async move { (post.send(&anyone).await, post) }));
    }
    sleep_until(end).await;
    drop(lock);
    let mut locked = Locked {
        taken: Vec::new(),
        refused: Vec::new(),
        slowest: Duration::ZERO,
    };
    for answer in under_way {
        let ((taken, took), post) = answer.await.unwrap();
        locked.slowest = locked.slowest.max(took);
        match taken {
            true => locked.taken.push(post),
            false => locked.refused.push(post),
        }
    }
    locked
}

for_each_setup!(posts_to_a_locked_database_are_refused_in_time_or_kept, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    scene.subscribed(false).await;
    let poster = Poster::of(&scene);
    let anyone = scene.app.anonymous();
    let mut all = Vec::new();
    for seconds in [4, 10] {
        let locked = post_while_locked(&scene.app, &poster, Duration::from_secs(seconds)).await;
        assert!(!locked.refused.is_empty());
        let probe = poster.batch(&format!("after-{seconds}"), 1);
        let healed = until("taken again", HEALING, async || probe.send(&anyone).await.0).await;
        // Graph posts again what was refused, of which some was kept all the same.
        for post in &locked.refused {
            post.send_until_taken(&anyone).await;
        }
        eprintln!(
            "{setup:?}, locked for {seconds} s: {} taken, {} refused, the slowest answer after {:?}; taken again {healed:?} later",
            locked.taken.len(),
            locked.refused.len(),
            locked.slowest,
        );
        all.extend(locked.taken);
        all.extend(locked.refused);
        all.push(probe);
    }
    settled(&scene.app).await;
    assert_told_once(&scene.owner, &all).await;
});
