use std::time::Duration;

use serde_json::json;
use tenon_simulator::Config;

use crate::scene::Scene;
use crate::subscriber::{Reply, Subscriber};

fn hurried() -> Config {
    Config {
        pace: 0.001,
        ..Config::default()
    }
}

#[tokio::test]
async fn a_post_is_made_again_with_the_same_ids_until_it_is_taken() {
    let scene = Scene::with(hurried()).await;
    let mut subscriber = Subscriber::answering(|before| Reply::Status(if before < 3 { 503 } else { 202 }));
    scene.subscribe(&subscriber.url).await;
    let mut watch = scene.simulator.watch();
    let sent = scene.order(json!({})).await;
    assert_eq!(sent["posts"][0]["status"], 503);
    let mut bodies = Vec::new();
    for _ in 0..4 {
        bodies.push(subscriber.post().await.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    let mut attempts = Vec::new();
    for _ in 0..4 {
        let entry = watch.recv().await.unwrap();
        attempts.push((entry.attempt, entry.status));
    }
    assert_eq!(
        attempts,
        [(1, Some(503)), (2, Some(503)), (3, Some(503)), (4, Some(202))]
    );
    subscriber.assert_idle();
}

#[tokio::test]
async fn a_post_that_is_refused_is_given_up_after_four_hours_of_waiting() {
    let pace = 0.000_01;
    let scene = Scene::with(Config {
        pace,
        ..Config::default()
    })
    .await;
    let mut subscriber = Subscriber::answering(|_| Reply::Status(500));
    scene.subscribe(&subscriber.url).await;
    let mut watch = scene.simulator.watch();
    scene.order(json!({})).await;
    let mut entry = watch.recv().await.unwrap();
    while !entry.over {
        entry = watch.recv().await.unwrap();
    }
    // 10 s doubled to 1,280 s are 8 waits of 42.5 minutes together; then 6 of half an hour fit.
    assert_eq!((entry.attempt, entry.status), (15, Some(500)));
    for _ in 0..15 {
        subscriber.post().await;
    }
    subscriber.assert_idle();
}

#[tokio::test]
async fn the_first_attempt_waits_three_seconds_and_the_next_one_ten() {
    let scene = Scene::with(hurried()).await;
    let late = |before| {
        if before == 0 {
            Reply::After(Duration::from_secs(4), 202)
        } else {
            Reply::After(Duration::from_secs(4), 200)
        }
    };
    let subscriber = Subscriber::answering(late);
    scene.subscribe(&subscriber.url).await;
    let mut watch = scene.simulator.watch();
    let sent = scene.order(json!({})).await;
    assert_eq!(sent["posts"][0]["status"], json!(null));
    let first = watch.recv().await.unwrap();
    assert_eq!(
        (first.status, first.error.as_deref()),
        (None, Some("no answer in time"))
    );
    assert!((2900.0..4000.0).contains(&first.ms), "{}", first.ms);
    let second = watch.recv().await.unwrap();
    assert_eq!(second.status, Some(200));
}
