use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::scene::Scene;
use crate::subscriber::Subscriber;

#[tokio::test]
async fn graph_is_made_to_throttle_for_so_many_requests() {
    let scene = Scene::set().await;
    let fault = json!({"status": 429, "retryAfter": "7", "times": 2});
    let set = scene.call(Method::POST, "/simulate/faults/graph", Some(fault)).await;
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    for _ in 0..2 {
        let answer = scene.call(Method::GET, "/v1.0/subscriptions", None).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()["Retry-After"], "7");
    }
    assert_eq!(
        scene.call(Method::GET, "/v1.0/subscriptions", None).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_keys_and_the_sign_in_are_made_slow_and_to_fail_until_they_are_repaired() {
    let scene = Scene::set().await;
    let slow = json!({"delayMs": 300});
    scene.call(Method::POST, "/simulate/faults/keys", Some(slow)).await;
    let started = Instant::now();
    let keys = scene.call(Method::GET, "/common/discovery/v2.0/keys", None).await;
    assert_eq!(keys.status(), StatusCode::OK);
    assert!(started.elapsed() >= Duration::from_millis(300));

    scene
        .call(Method::POST, "/simulate/faults/token", Some(json!({"status": 500})))
        .await;
    assert_eq!(scene.grant("common", &[("client_secret", "any")]).await.status(), 500);
    scene.call(Method::DELETE, "/simulate/faults/token", None).await;
    scene.sign_in("common").await;
}

#[tokio::test]
async fn a_key_is_replaced_with_or_without_the_old_one() {
    let scene = Scene::set().await;
    let kids = async || {
        let keys = scene.call(Method::GET, "/common/discovery/v2.0/keys", None).await;
        let keys: Value = keys.json().await.unwrap();
        let keys = keys["keys"].as_array().unwrap().clone();
        keys.iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = kids().await;
    assert_eq!(first.len(), 1);
    scene.call(Method::POST, "/simulate/keys/rotate?keep=true", None).await;
    let both = kids().await;
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    scene.call(Method::POST, "/simulate/keys/rotate", None).await;
    let last = kids().await;
    assert_eq!(last.len(), 1);
    assert!(!both.contains(&last[0]));
}

#[tokio::test]
async fn the_log_says_what_was_posted_and_how_it_was_answered() {
    let scene = Scene::set().await;
    let subscriber = Subscriber::new();
    scene.subscribe(&subscriber.url).await;
    scene
        .order(json!({"count": 3, "batch": 3, "forgery": "wrongClientState"}))
        .await;
    let log: Value = scene
        .call(Method::GET, "/simulate/log?after=2", None)
        .await
        .json()
        .await
        .unwrap();
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(
        (&entry["what"], &entry["items"], &entry["status"]),
        (&json!("notifications"), &json!(3), &json!(202))
    );
    assert_eq!(
        (&entry["forgery"], &entry["attempt"]),
        (&json!("wrongClientState"), &json!(1))
    );
    assert!(entry["ms"].as_f64().unwrap() > 0.0);
    scene.call(Method::DELETE, "/simulate/log", None).await;
    assert!(scene.simulator.log(0).is_empty());
}

#[tokio::test]
async fn an_order_that_does_not_wait_is_carried_out_all_the_same() {
    let scene = Scene::set().await;
    let mut subscriber = Subscriber::new();
    scene.subscribe(&subscriber.url).await;
    let order = json!({"wait": false, "delayMs": 100, "count": 2});
    let answer = scene.call(Method::POST, "/simulate/notifications", Some(order)).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    subscriber.assert_idle();
    subscriber.post().await;
    subscriber.post().await;
}

#[tokio::test]
async fn a_simulator_that_is_stopped_frees_its_port() {
    let scene = Scene::set().await;
    let address = scene.simulator.url().replace("http://", "");
    scene.simulator.stop().await;
    std::net::TcpListener::bind(address).unwrap();
}
