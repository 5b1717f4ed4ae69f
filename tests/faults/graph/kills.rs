//! kill -9 after a 202.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use tenon_tests::app::{Client, number_of_kills};
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::GraphScene;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use tenon_tests::poster::{Post, Poster, settled, told};
use tenon_tests::tally::{Findings, Posted, Tally};

const POSTERS: usize = 4;
const LIMIT: Duration = Duration::from_secs(15);

#[derive(Default)]
struct Progress {
    /// How many posts were answered 202.
    taken: watch::Sender<u64>,
    done: AtomicBool,
}

async fn post_all(anyone: Client, poster: Poster, number: usize, progress: Arc<Progress>) -> Posted {
    let mut posted = Posted::default();
    let mut round = 0;
    while !progress.done.load(Ordering::Relaxed) {
        let post = poster.batch(&format!("{number}-{round}"), 1 + round * 7 % 30);
        if deliver(&anyone, &post, round % 2 == 0).await {
            progress.taken.send_modify(|taken| *taken += 1);
            posted.taken.extend(post.resources);
        } else {
            posted.unsure.extend(post.resources);
        }
        round += 1;
    }
    posted
}

/// Posts it until it is taken, or if it is `once` until nobody answers. Returns whether it was taken.
async fn deliver(anyone: &Client, post: &Post, once: bool) -> bool {
    loop {
        match post.try_send(anyone).await {
            Some(answer) if answer.status == 202 => return true,
            // The database may still be busy with what the process before began.
            Some(answer) => drop(answer.problem(503, "not_durable")),
            None => {
                back(anyone).await;
                if once {
                    return false;
                }
            }
        }
        sleep(Duration::from_millis(2)).await;
    }
}

/// Waits until somebody answers again.
async fn back(anyone: &Client) {
    let answering = async {
        while anyone.call(Method::GET, "/api/health/live").try_send().await.is_none() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(timeout(LIMIT, answering).await.is_ok(), "nobody answers");
}

for_each_setup!(kills_after_a_202_lose_nothing_and_tell_nothing_twice, |setup| {
    let mut scene = GraphScene::set(setup.options()).await;
    scene.subscribed(false).await;
    let poster = Poster::of(&scene);
    // From here on nobody has to find it where it was, and its port may be taken while it is down.
    scene.app.stop().await;
    let mut app = scene.app.another(&[("PORT", "0")]).await;
    let owner = scene.owner.on(&app);
    let progress = Arc::new(Progress::default());
    let posters: Vec<_> = (0..POSTERS)
        .map(|number| tokio::spawn(post_all(app.anonymous(), poster.clone(), number, Arc::clone(&progress))))
        .collect();
    let mut taken = progress.taken.subscribe();
    let kills = number_of_kills(15);
    for kill in 0..kills {
        let enough = *taken.borrow() + 1 + kill % 7;
        let reached = timeout(LIMIT, taken.wait_for(|taken| *taken >= enough)).await;
        reached.unwrap().unwrap();
        app.kill().await;
        app.start_again().await;
    }
    progress.done.store(true, Ordering::Relaxed);
    let mut all = Posted::default();
    for poster in posters {
        all.add(poster.await.unwrap());
    }
    settled(&app).await;
    let tally = Tally::of_notices(&all, &told(&owner).await);
    assert_eq!(tally.findings, Findings::default(), "of {}", tally.acknowledged);
    eprintln!(
        "{setup:?}: {kills} kills, {} posts with {} items taken; of {} items without an answer {} were kept",
        *taken.borrow(),
        tally.acknowledged,
        tally.unsure,
        tally.seen - tally.acknowledged,
    );
});
