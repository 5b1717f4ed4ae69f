use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use tenon_graph::{AppSecret, Remote, RemoteError};
use tokio::task::JoinSet;

use crate::scene::{SECRET, Scene, app, id, nothing, said, token};
use crate::server::Reply;

#[tokio::test]
async fn a_secret_is_sent_as_the_client_credentials_grant_wants_it() {
    let scene = Scene::set(|_, _| nothing()).await;
    scene.reauthorize().await.unwrap();
    let sent = &scene.sign_ins()[0];
    assert_eq!(sent.path, "/contoso.onmicrosoft.com/oauth2/v2.0/token");
    assert_eq!(sent.form("grant_type").as_deref(), Some("client_credentials"));
    assert_eq!(sent.form("client_id"), Some(app().client));
    assert_eq!(sent.form("client_secret").as_deref(), Some(SECRET));
    assert_eq!(sent.form("scope"), Some(format!("{}/.default", scene.server.url)));
}

#[tokio::test]
async fn a_token_is_used_until_five_minutes_before_its_end() {
    let scene = Scene::set(|_, _| nothing()).await;
    scene.reauthorize().await.unwrap();
    scene.clock.forward(Duration::from_secs(55 * 60 - 1));
    scene.reauthorize().await.unwrap();
    assert_eq!(scene.sign_ins().len(), 1);
    scene.clock.forward(Duration::from_secs(1));
    scene.reauthorize().await.unwrap();
    assert_eq!(scene.sign_ins().len(), 2);
}

#[tokio::test]
async fn a_token_that_lives_for_less_is_used_for_half_its_life() {
    let brief = json!({"token_type": "Bearer", "expires_in": 60, "access_token": "brief"});
    let scene = Scene::signing_in(move |_, _| Reply::json(200, &brief), |_, _| nothing()).await;
    scene.reauthorize().await.unwrap();
    scene.clock.forward(Duration::from_secs(29));
    scene.reauthorize().await.unwrap();
    assert_eq!(scene.sign_ins().len(), 1);
    scene.clock.forward(Duration::from_secs(1));
    scene.reauthorize().await.unwrap();
    assert_eq!(scene.sign_ins().len(), 2);
}

#[tokio::test]
async fn many_at_once_sign_in_once_and_another_secret_by_itself() {
    let scene = Arc::new(Scene::set(|_, _| nothing()).await);
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let scene = Arc::clone(&scene);
        all.spawn(async move { scene.reauthorize().await });
    }
    for outcome in all.join_all().await {
        outcome.unwrap();
    }
    assert_eq!(scene.sign_ins().len(), 1);
    let mut changed = app();
    changed.secret = AppSecret::Secret(SecretString::from("another secret"));
    scene.graph.reauthorize(&changed, &id()).await.unwrap();
    assert_eq!(scene.sign_ins().len(), 2);
}

#[tokio::test]
async fn a_token_that_graph_refuses_is_dropped_once() {
    let scene = Scene::set(|request, _| {
        if request.authorization.as_deref() == Some("Bearer token-0") {
            Reply::json(401, &json!({"error": {"code": "InvalidAuthenticationToken"}}))
        } else {
            nothing()
        }
    })
    .await;
    scene.reauthorize().await.unwrap();
    assert_eq!((scene.sign_ins().len(), scene.server.calls().len()), (2, 2));
    scene.reauthorize().await.unwrap();
    assert_eq!((scene.sign_ins().len(), scene.server.calls().len()), (2, 3));
}

#[tokio::test]
async fn a_second_refusal_is_believed() {
    let no = json!({"error": {"code": "InvalidAuthenticationToken", "message": "no"}});
    let scene = Scene::set(move |_, _| Reply::json(401, &no)).await;
    let error = scene.reauthorize().await.unwrap_err();
    assert_eq!(error.to_string(), "Graph refused: 401 InvalidAuthenticationToken: no");
    assert_eq!((scene.sign_ins().len(), scene.server.calls().len()), (2, 2));
}

#[tokio::test]
async fn a_wrong_secret_is_a_refusal_that_does_not_repeat_it_and_is_not_kept() {
    let scene = Scene::signing_in(
        |request, before| {
            if before > 0 {
                return token(before);
            }
            let echo = format!(
                "AADSTS7000215: Invalid client secret {}.",
                request.form("client_secret").unwrap()
            );
            Reply::json(401, &json!({"error": "invalid_client", "error_description": echo}))
        },
        |_, _| nothing(),
    )
    .await;
    let error = scene.reauthorize().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Graph refused: 401 invalid_client: AADSTS7000215: Invalid client secret [secret]."
    );
    assert!(!said(&error).contains(SECRET));
    scene.reauthorize().await.unwrap();
}

#[tokio::test]
async fn a_directory_that_the_sign_in_does_not_know_is_no_missing_subscription() {
    let scene = Scene::signing_in(|_, _| Reply::json(404, &json!({})), |_, _| nothing()).await;
    let deleted = scene.graph.delete(&app(), &id()).await;
    assert!(
        matches!(deleted, Err(RemoteError::Refused { status: 404, .. })),
        "{deleted:?}"
    );

    let mut nowhere = app();
    nowhere.tenant = "..".to_owned();
    let refused = scene.graph.delete(&nowhere, &id()).await;
    assert!(
        matches!(refused, Err(RemoteError::Refused { status: 400, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_malformed_token_answer_is_unavailable_and_not_repeated_in_the_error() {
    let odd = json!({"access_token": ["canary-token"], "expires_in": 3600});
    let scene = Scene::signing_in(move |_, _| Reply::json(200, &odd), |_, _| nothing()).await;
    let error = scene.reauthorize().await.unwrap_err();
    assert!(matches!(error, RemoteError::Unavailable(_)), "{error:?}");
    assert!(!said(&error).contains("canary-token"), "{error:?}");
}
