//! What organizations entrust to the server, and what Microsoft Graph sends: none of it is kept or logged as it is.

use serde_json::json;
use tenon_simulator::{Forgery, Order};
use tenon_tests::app::{Setup, id};
use tenon_tests::graph_scene::{APP_SECRET, GraphScene};
use uuid::Uuid;

use crate::options;
use crate::search::Needles;

/// How an RSA key in PKCS #8 begins after its length (RFC 5958): version, algorithm, and the octets of the key.
const PRIVATE_KEY: [u8; 19] = [
    0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x04,
];

fn marked(what: &str) -> String {
    format!("canary-{what}-{}", Uuid::new_v4().simple())
}

/// Entrusts a credential, also in ways that are refused. Returns what is secret.
async fn entrust(scene: &GraphScene) -> String {
    let secret = marked("secret");
    let body = json!({ "name": "Mail", "kind": "secret", "values": { "value": secret } });
    let made = scene.owner.post_once("/api/credentials", "key", &body).await;
    let credential = id(&made.expect(201).json());
    let wrong = json!({ "name": "Mail", "kind": secret, "values": { secret.clone(): secret } });
    scene.owner.post("/api/credentials", &wrong).await.any_problem();
    scene
        .owner
        .get(&format!("/api/credentials/{credential}"))
        .await
        .expect(200);
    secret
}

async fn shake_hands(scene: &GraphScene) -> String {
    let token = marked("handshake");
    let path = format!("/webhooks/graph?validationToken={token}");
    let call = scene.app.anonymous().call(reqwest::Method::POST, &path);
    call.send().await.expect(200);
    token
}

/// Has Graph post with and without resource data, true and forged. Returns what is secret of it.
async fn post(scene: &GraphScene) -> Vec<String> {
    let subject = marked("subject");
    let mut secrets = Vec::new();
    for is_rich in [true, false] {
        scene.subscribed(is_rich).await;
    }
    for subscription in scene.simulator.subscriptions() {
        for forgery in [
            None,
            Some(Forgery::WrongClientState),
            Some(Forgery::UnknownSubscription),
        ] {
            let order = Order {
                subscription: Some(subscription.id.clone()),
                data: Some(json!({ "subject": subject })),
                forgery,
                ..Order::default()
            };
            scene.posted(order).await;
        }
        secrets.extend(subscription.client_state);
    }
    for found in scene.notifications("processed", 2).await {
        let path = format!("/api/graph/notifications/{}", id(&found));
        let detail = scene.owner.get(&path).await.expect(200).text();
        assert_eq!(detail.contains(&subject), found["hasResourceData"] == true, "{detail}");
    }
    scene.settled().await;
    secrets.push(subject);
    secrets
}

async fn nothing_entrusted_is_found(setup: Setup) {
    let scene = GraphScene::set(options(setup)).await;
    let mut secrets = vec![entrust(&scene).await, shake_hands(&scene).await, APP_SECRET.to_owned()];
    secrets.extend(post(&scene).await);
    assert_eq!(secrets.len(), 6);
    secrets.extend(["validationTokens", "encryptedContent", "clientState"].map(str::to_owned));
    let mut needles: Vec<_> = secrets
        .iter()
        .map(|secret| (secret.as_str(), Needles::of(secret.as_bytes())))
        .collect();
    needles.push(("a private key", Needles::of(&PRIVATE_KEY)));
    let places = scene.app.kept().await;
    let bytes: usize = places.iter().map(|(_, text)| text.len()).sum();
    for (name, text) in &places {
        for (secret, needle) in &needles {
            assert_eq!(needle.count(text), 0, "{name} shows {secret}");
        }
    }
    let resource = Needles::of(scene.owner.id.as_bytes());
    let kept = places.iter().any(|(_, text)| resource.count(text) > 0);
    assert!(kept, "the search finds what is kept");
    eprintln!(
        "searched {bytes} bytes in {} places for {} secrets",
        places.len(),
        needles.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_entrusted_is_in_what_the_server_keeps_on_sqlite() {
    nothing_entrusted_is_found(Setup::SqliteAlone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_entrusted_is_in_what_the_server_keeps_on_postgres() {
    nothing_entrusted_is_found(Setup::PostgresWithRedis).await;
}
