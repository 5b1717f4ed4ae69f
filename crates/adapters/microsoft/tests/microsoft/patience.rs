use std::time::{Duration, Instant};

use serde_json::json;
use tenon_graph::RemoteError;

use crate::scene::{Scene, nothing, token};
use crate::server::Reply;

/// Answers so often with `status` and `Retry-After`, then with success. The first request is the sign-in's.
async fn impatient(times: usize, status: u16, retry_after: &'static str) -> Scene {
    Scene::set(move |_, before| {
        if before <= times {
            Reply::later(status, retry_after)
        } else {
            nothing()
        }
    })
    .await
}

async fn throttled(scene: &Scene) -> Duration {
    match scene.reauthorize().await {
        Err(RemoteError::Throttled(wait)) => wait,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_short_wait_is_waited_for_in_place() {
    for status in [429, 503] {
        let scene = impatient(2, status, "1").await;
        let started = Instant::now();
        scene.reauthorize().await.unwrap();
        assert!(started.elapsed() >= Duration::from_secs(2));
        assert_eq!(scene.server.calls().len(), 3);
    }
}

#[tokio::test]
async fn a_third_wait_is_the_callers() {
    let scene = impatient(3, 429, "0").await;
    assert_eq!(throttled(&scene).await, Duration::ZERO);
    assert_eq!(scene.server.calls().len(), 3);
}

#[tokio::test]
async fn a_long_wait_is_the_callers_and_nothing_is_asked_again() {
    let cases = [
        (429, "3", 3),
        (503, "120", 120),
        (429, "Thu, 01 Jan 2026 12:00:30 GMT", 30),
        (429, "soon", 10),
    ];
    for (status, retry_after, seconds) in cases {
        let scene = impatient(1, status, retry_after).await;
        let started = Instant::now();
        assert_eq!(throttled(&scene).await, Duration::from_secs(seconds), "{retry_after}");
        assert!(started.elapsed() < Duration::from_secs(2));
        assert_eq!(scene.server.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_429_without_a_time_means_ten_seconds() {
    let scene = Scene::set(|_, _| Reply::json(429, &json!({}))).await;
    assert_eq!(throttled(&scene).await, Duration::from_secs(10));
}

#[tokio::test]
async fn the_sign_in_may_ask_for_patience_too() {
    let scene = Scene::signing_in(
        |_, before| {
            if before == 0 {
                Reply::later(429, "0")
            } else {
                token(before)
            }
        },
        |_, _| nothing(),
    )
    .await;
    scene.reauthorize().await.unwrap();

    let scene = Scene::signing_in(|_, _| Reply::later(429, "60"), |_, _| nothing()).await;
    assert_eq!(throttled(&scene).await, Duration::from_secs(60));
    assert!(scene.server.calls().is_empty());
}
