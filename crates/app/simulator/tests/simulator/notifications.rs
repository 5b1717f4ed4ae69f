use std::collections::HashSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::scene::{STATE, Scene};
use crate::subscriber::Subscriber;

fn ids(body: &Value) -> Vec<String> {
    let items = body["value"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_notification_has_what_graphs_has() {
    let scene = Scene::set().await;
    let mut subscriber = Subscriber::new();
    let made = scene.subscribe(&subscriber.url).await;
    let sent = scene.order(json!({})).await;
    let post = subscriber.post().await;
    assert_eq!(post.path, "/webhook");
    let item = &post.body["value"][0];
    assert_eq!(item["subscriptionId"], made["id"]);
    assert_eq!(item["subscriptionExpirationDateTime"], made["expirationDateTime"]);
    assert_eq!(item["clientState"], STATE);
    assert_eq!(item["changeType"], "created");
    assert_eq!(item["tenantId"], "84bd8158-6d4d-4958-8b9f-9d6445542f95");
    let place = format!("users/1/messages/{}", item["resourceData"]["id"].as_str().unwrap());
    assert_eq!(item["resource"], place);
    assert_eq!(item["resourceData"]["@odata.type"], "#Microsoft.Graph.Message");
    assert_eq!(post.body.get("validationTokens"), None);
    assert_eq!(sent["posts"][0]["ids"], json!(ids(&post.body)));
    assert_eq!(sent["posts"][0]["status"], 202);
}

#[tokio::test]
async fn a_thousand_items_fit_in_a_post_and_the_rest_comes_in_others() {
    let scene = Scene::set().await;
    let mut subscriber = Subscriber::new();
    scene.subscribe(&subscriber.url).await;
    scene.order(json!({"count": 2500, "batch": 1000})).await;
    let mut all = HashSet::new();
    let mut sizes = Vec::new();
    for _ in 0..3 {
        let post = subscriber.post().await;
        sizes.push(ids(&post.body).len());
        all.extend(ids(&post.body));
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [500, 1000, 1000]);
    assert_eq!(all.len(), 2500);
    subscriber.assert_idle();
}

#[tokio::test]
async fn copies_have_the_same_ids_and_tellings_the_same_etag() {
    let scene = Scene::set().await;
    let mut subscriber = Subscriber::new();
    scene.subscribe(&subscriber.url).await;
    scene.order(json!({"copies": 2})).await;
    let (first, second) = (subscriber.post().await, subscriber.post().await);
    assert_eq!(first.body, second.body);
    assert!(scene.simulator.log(0).last().unwrap().duplicate);

    scene.order(json!({"tellings": 4, "change": "updated"})).await;
    let mut seen = HashSet::new();
    let mut told = HashSet::new();
    for _ in 0..4 {
        let item = subscriber.post().await.body["value"][0].clone();
        seen.insert(item["id"].as_str().unwrap().to_owned());
        told.insert(format!(
            "{} {} {}",
            item["resource"], item["changeType"], item["resourceData"]["@odata.etag"]
        ));
    }
    assert_eq!((seen.len(), told.len()), (4, 1));
}

#[tokio::test]
async fn forged_posts_are_wrong_in_the_way_that_was_ordered() {
    let scene = Scene::set().await;
    let mut subscriber = Subscriber::new();
    let made = scene.subscribe(&subscriber.url).await;
    scene.order(json!({"forgery": "wrongClientState"})).await;
    assert_eq!(subscriber.post().await.body["value"][0]["clientState"], "guessed");
    scene.order(json!({"forgery": "noClientState"})).await;
    assert_eq!(subscriber.post().await.body["value"][0].get("clientState"), None);
    scene.order(json!({"forgery": "unknownSubscription"})).await;
    assert_ne!(subscriber.post().await.body["value"][0]["subscriptionId"], made["id"]);
    scene.order(json!({"nameless": true})).await;
    assert_eq!(subscriber.post().await.body["value"][0].get("id"), None);
}

#[tokio::test]
async fn the_life_of_a_subscription_is_told_at_its_own_address() {
    let scene = Scene::set().await;
    let mut subscriber = Subscriber::new();
    let made = scene.subscribe(&subscriber.url).await;
    scene.order(json!({"lifecycle": "reauthorizationRequired"})).await;
    let post = subscriber.post().await;
    assert_eq!(post.path, "/webhook/life");
    let item = &post.body["value"][0];
    assert_eq!(item["lifecycleEvent"], "reauthorizationRequired");
    assert_eq!(item["clientState"], STATE);
    assert_eq!(item.get("changeType"), None);

    let path = format!("/simulate/subscriptions/{}/remove", made["id"].as_str().unwrap());
    assert_eq!(scene.call(Method::POST, &path, None).await.status(), StatusCode::OK);
    let post = subscriber.post().await;
    assert_eq!(post.body["value"][0]["lifecycleEvent"], "subscriptionRemoved");
    assert!(scene.simulator.subscriptions().is_empty());
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused() {
    let scene = Scene::set().await;
    let subscriber = Subscriber::new();
    let order = |body: Value| scene.call(Method::POST, "/simulate/notifications", Some(body));
    assert_eq!(order(json!({})).await.status(), StatusCode::NOT_FOUND);
    scene.subscribe(&subscriber.url).await;
    assert_eq!(
        order(json!({"subscription": "other"})).await.status(),
        StatusCode::NOT_FOUND
    );
    for senseless in [
        json!({"count": 0}),
        json!({"batch": 1001}),
        json!({"batch": 0}),
        json!({"tellings": 0}),
        json!({"copies": 0}),
        json!({"count": 1_000_001}),
        json!({"parallel": 0}),
        json!({"forgery": "clumsy"}),
        json!({"unknown": 1}),
    ] {
        assert_eq!(
            order(senseless.clone()).await.status(),
            StatusCode::BAD_REQUEST,
            "{senseless}"
        );
    }
}
