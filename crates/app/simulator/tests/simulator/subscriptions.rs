use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_simulator::Config;

use crate::scene::{Scene, in_seconds, wanted};
use crate::subscriber::Subscriber;

#[tokio::test]
async fn both_addresses_are_greeted_with_a_token_that_is_easily_decoded_wrongly() {
    let scene = Scene::set().await;
    let subscriber = Subscriber::new();
    let made = scene.subscribe(&subscriber.url).await;
    assert_eq!(made["notificationUrl"], subscriber.url);
    let tokens = subscriber.tokens.lock().clone();
    assert_eq!(tokens.len(), 2);
    for token in tokens {
        for difficult in [" ", "ö", "大", "a+b", "100%", "&", "="] {
            assert!(token.contains(difficult), "{token}");
        }
    }
    let log = scene.simulator.log(0);
    assert!(
        log.iter()
            .all(|entry| entry.status == Some(200) && entry.error.is_none())
    );
}

#[tokio::test]
async fn what_fails_the_handshake_is_not_made() {
    let scene = Scene::set().await;
    // The simulator itself is nobody's webhook.
    let url = format!("{}/nowhere", scene.simulator.url());
    let answer = scene
        .call(Method::POST, "/v1.0/subscriptions", Some(wanted(&url)))
        .await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"]["code"], "ValidationError");
    assert!(scene.simulator.subscriptions().is_empty());
    assert_eq!(scene.simulator.log(0)[0].status, Some(404));
}

#[tokio::test]
async fn a_subscription_is_found_renewed_reauthorized_and_deleted() {
    let scene = Scene::set().await;
    let subscriber = Subscriber::new();
    let made = scene.subscribe(&subscriber.url).await;
    let path = format!("/v1.0/subscriptions/{}", made["id"].as_str().unwrap());
    let found: Value = scene.call(Method::GET, &path, None).await.json().await.unwrap();
    assert_eq!(found, made);
    let until = in_seconds(7200);
    let renewed = scene
        .call(Method::PATCH, &path, Some(json!({"expirationDateTime": until})))
        .await;
    let renewed: Value = renewed.json().await.unwrap();
    assert_eq!(renewed["expirationDateTime"], until);
    let reauthorized = scene.call(Method::POST, &format!("{path}/reauthorize"), None).await;
    assert_eq!(reauthorized.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        scene.call(Method::DELETE, &path, None).await.status(),
        StatusCode::NO_CONTENT
    );
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::PATCH, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/reauthorize")),
    ] {
        let answer = scene.call(method, &path, Some(json!({}))).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_graph_would_refuse_is_refused() {
    let scene = Scene::set().await;
    let subscriber = Subscriber::new();
    let cases = [
        ("changeType", json!("renamed")),
        ("notificationUrl", json!("tenon.example")),
        ("resource", json!("/")),
        ("expirationDateTime", json!(in_seconds(-1))),
        ("expirationDateTime", json!("soon")),
        ("clientState", json!("x".repeat(129))),
        ("includeResourceData", json!(true)),
    ];
    for (name, value) in cases {
        let mut body = wanted(&subscriber.url);
        body[name] = value.clone();
        let answer = scene.call(Method::POST, "/v1.0/subscriptions", Some(body)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{name} {value}");
    }
    assert!(subscriber.tokens.lock().is_empty());
}

#[tokio::test]
async fn a_subscription_lives_no_longer_than_is_granted_and_is_gone_after_it() {
    let longest = std::time::Duration::from_secs(60);
    let scene = Scene::with(Config {
        longest,
        ..Config::default()
    })
    .await;
    let subscriber = Subscriber::new();
    let made = scene.subscribe(&subscriber.url).await;
    assert!(made["expirationDateTime"].as_str().unwrap() < in_seconds(61).as_str());
    let id = made["id"].as_str().unwrap();
    let expired = scene
        .call(Method::POST, &format!("/simulate/subscriptions/{id}/expire"), None)
        .await;
    assert_eq!(expired.status(), StatusCode::NO_CONTENT);
    let found = scene
        .call(Method::GET, &format!("/v1.0/subscriptions/{id}"), None)
        .await;
    assert_eq!(found.status(), StatusCode::NOT_FOUND);
}
