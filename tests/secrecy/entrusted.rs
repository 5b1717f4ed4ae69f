//! What organizations entrust to the server, and what Microsoft Graph sends: none of it is kept or logged as it is.

use serde_json::json;
use tenon_simulator::{Forgery, Order};
use tenon_tests::app::{Setup, id};
use tenon_tests::graph_scene::GraphScene;
use uuid::Uuid;

use crate::search::Needles;
use crate::{options, stored};

/// How an RSA key in PKCS #8 begins after its length (RFC 5958): version, algorithm, and the octets of the key.
const PRIVATE_KEY: [u8; 19] = [
    0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x04,
];

async fn nothing_entrusted_is_found(setup: Setup) {
    let scene = GraphScene::set(options(setup)).await;
    let marker = |what: &str| format!("canary-{what}-{}", Uuid::new_v4().simple());
    let (secret, subject, handshake) = (marker("secret"), marker("subject"), marker("handshake"));
    let body = json!({ "name": "Mail", "kind": "secret", "values": { "value": secret } });
    let credential = id(&scene
        .owner
        .post_once("/api/credentials", "key", &body)
        .await
        .expect(201)
        .json());
    scene
        .owner
        .post("/api/credentials", &json!({ "name": &secret, "kind": &secret }))
        .await
        .any_problem();
    scene
        .owner
        .get(&format!("/api/credentials/{credential}"))
        .await
        .expect(200);
    let path = format!("/webhooks/graph?validationToken={handshake}");
    scene
        .app
        .anonymous()
        .call(reqwest::Method::POST, &path)
        .send()
        .await
        .expect(200);
    scene.subscribed(true).await;
    scene.subscribed(false).await;
    let order = Order {
        data: Some(json!({ "subject": subject })),
        ..Order::default()
    };
    let [rich, plain] = scene
        .simulator
        .subscriptions()
        .try_into()
        .unwrap_or_else(|_| panic!("not two"));
    for subscription in [&rich, &plain] {
        let order = Order {
            subscription: Some(subscription.id.clone()),
            ..order.clone()
        };
        scene.posted(order.clone()).await;
        for forgery in [Forgery::WrongClientState, Forgery::UnknownSubscription] {
            let forged = Order {
                forgery: Some(forgery),
                ..order.clone()
            };
            scene.posted(forged).await;
        }
    }
    for found in scene.notifications("processed", 2).await {
        let path = format!("/api/graph/notifications/{}", id(&found));
        let detail = scene.owner.get(&path).await.expect(200);
        let is_rich = found["hasResourceData"] == true;
        assert_eq!(detail.text().contains(&subject), is_rich, "{}", detail.text());
    }
    scene.settled().await;
    let mut secrets = vec![secret, subject, handshake, "canary-client-secret".to_owned()];
    secrets.extend(
        [rich, plain]
            .into_iter()
            .filter_map(|subscription| subscription.client_state),
    );
    assert_eq!(secrets.len(), 6);
    let mut needles: Vec<_> = secrets
        .iter()
        .map(|secret| (secret.as_str(), Needles::of(secret.as_bytes())))
        .collect();
    for part in ["validationTokens", "encryptedContent", "clientState"] {
        needles.push((part, Needles::of(part.as_bytes())));
    }
    needles.push(("a private key", Needles::of(&PRIVATE_KEY)));
    let places = stored(&scene.app, setup);
    let mut bytes = 0;
    for (name, text) in &places {
        bytes += text.len();
        for (secret, needle) in &needles {
            assert_eq!(needle.count(text), 0, "{name} shows {secret}");
        }
    }
    let resource = Needles::of(scene.owner.id.as_bytes());
    assert!(
        places.iter().any(|(_, text)| resource.count(text) > 0),
        "the search finds what is kept"
    );
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
