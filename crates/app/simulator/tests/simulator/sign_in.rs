use reqwest::{Method, StatusCode};
use tenon_simulator::{Client, ClientSecret, Config};

use crate::scene::{CLIENT, Scene};

#[tokio::test]
async fn anybody_may_sign_in_where_nobody_is_named() {
    let scene = Scene::set().await;
    let issued = scene.sign_in("common").await;
    assert_eq!(issued["token_type"], "Bearer");
    let neither = scene.grant("common", &[]).await;
    assert_eq!(neither.status(), StatusCode::UNAUTHORIZED);
    let malformed = scene
        .grant(
            "common",
            &[("client_assertion", "a.b.c"), ("client_assertion_type", "x")],
        )
        .await;
    assert_eq!(malformed.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn only_those_who_are_named_may_sign_in() {
    let client = |id: &str, secret: &str| Client {
        id: id.to_owned(),
        secret: ClientSecret::Text(secret.to_owned()),
    };
    let known = Config {
        clients: vec![client(CLIENT, "any")],
        ..Config::default()
    };
    let scene = Scene::with(known).await;
    let wrong = scene.grant("common", &[("client_secret", "wrong")]).await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    let unknown = scene
        .grant("common", &[("client_secret", "any"), ("client_id", "other")])
        .await;
    // A repeated parameter is no way around it.
    assert!(unknown.status().is_client_error());
}

#[tokio::test]
async fn graph_wants_a_token_that_is_good() {
    let scene = Scene::set().await;
    assert_eq!(
        scene.call(Method::GET, "/v1.0/subscriptions", None).await.status(),
        StatusCode::OK
    );
    scene.simulator.revoke_tokens();
    let refused = scene.call(Method::GET, "/v1.0/subscriptions", None).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}
