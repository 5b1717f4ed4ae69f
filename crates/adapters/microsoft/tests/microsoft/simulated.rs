//! The client against the simulator, which was written from Microsoft's pages alone.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use tenon_graph::{App, AppSecret, Remote, RemoteError};
use tenon_kernel::Clock;
use tenon_simulator::{Client, ClientSecret, Config, Endpoint, Fault, Order};
use zeroize::Zeroizing;

use crate::scene::{SECRET, app};
use crate::vector::{bytes, vector};
use crate::webhook::{Own, Webhook};

fn known(secret: ClientSecret) -> Config {
    let client = Client {
        id: app().client,
        secret,
    };
    Config {
        clients: vec![client],
        ..Config::default()
    }
}

#[tokio::test]
async fn a_subscription_is_made_renewed_reauthorized_and_deleted() {
    let webhook = Webhook::set(known(ClientSecret::Text(SECRET.to_owned()))).await;
    let id = webhook.subscribe(&app(), None).await;
    assert_eq!(webhook.simulator.subscriptions()[0].id, id.0);
    let until = webhook.clock.now().plus(Duration::from_secs(7200));
    let renewed = webhook.graph.renew(&app(), &id, until, None).await.unwrap();
    assert_eq!((&renewed.id, renewed.expires_at), (&id, until));
    webhook.graph.reauthorize(&app(), &id).await.unwrap();
    webhook.graph.delete(&app(), &id).await.unwrap();
    assert!(webhook.simulator.subscriptions().is_empty());
    webhook.graph.delete(&app(), &id).await.unwrap();
    let renewed = webhook.graph.renew(&app(), &id, until, None).await;
    assert!(matches!(renewed, Err(RemoteError::NotFound)), "{renewed:?}");
}

#[tokio::test]
async fn a_wrong_secret_is_refused() {
    let webhook = Webhook::set(known(ClientSecret::Text("another".to_owned()))).await;
    let id = tenon_graph::RemoteId("1".to_owned());
    let refused = webhook.graph.reauthorize(&app(), &id).await;
    assert!(
        matches!(&refused, Err(RemoteError::Refused { status: 401, code, .. }) if code == "invalid_client"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_app_with_a_certificate_signs_in_with_its_own_key_only() {
    let certificate = bytes(&vector()["certificate"]);
    let webhook = Webhook::set(known(ClientSecret::Certificate(certificate.clone()))).await;
    let own = Own::new(&webhook.clock);
    let signing = |private_key: Zeroizing<Vec<u8>>| App {
        secret: AppSecret::Certificate {
            certificate: certificate.clone(),
            private_key,
        },
        ..app()
    };
    let right = signing(Zeroizing::new(bytes(&vector()["privateKey"])));
    webhook.subscribe(&right, None).await;
    let id = tenon_graph::RemoteId("1".to_owned());
    let refused = webhook.graph.reauthorize(&signing(own.0.private_key), &id).await;
    assert!(
        matches!(refused, Err(RemoteError::Refused { status: 401, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_handshake_that_fails_is_a_refusal() {
    let webhook = Webhook::set(Config::default()).await;
    let wanted = tenon_graph::Wanted {
        change_types: "created".to_owned(),
        // The simulator knows no such path, and says so.
        notification_url: format!("{}/nowhere", webhook.simulator.url()),
        resource: "users".to_owned(),
        expires_at: webhook.clock.now().plus(Duration::from_secs(60)),
        client_state: SecretString::from("state"),
        certificate: None,
    };
    let refused = webhook.graph.create(&app(), &wanted).await;
    assert!(
        matches!(&refused, Err(RemoteError::Refused { status: 400, code, .. }) if code == "ValidationError"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_is_sent_encrypted_is_vouched_for_and_read() {
    let webhook = Webhook::set(Config::default()).await;
    let own = Own::new(&webhook.clock);
    webhook.subscribe(&app(), Some(own.public("first"))).await;
    // The second post of an order has a token of version 1.0.
    for count in 1..=2 {
        let data = json!({"subject": "Größe", "count": count});
        let order = Order {
            count,
            parallel: 1,
            data: Some(data.clone()),
            ..Order::default()
        };
        let body = webhook.hear(order).await;
        assert_eq!(own.open("first", &body), Ok(data));
        let verified = webhook.verify(&body).await.unwrap();
        assert_eq!(body["value"][0]["tenantId"], verified[0].tenant);
        assert_eq!(verified[0].client, app().client);
    }
}

#[tokio::test]
async fn a_certificate_is_replaced_by_a_renewal_and_the_old_one_opens_nothing_new() {
    let webhook = Webhook::set(Config::default()).await;
    let (old, new) = (Own::new(&webhook.clock), Own::new(&webhook.clock));
    let id = webhook.subscribe(&app(), Some(old.public("old"))).await;
    let before = webhook.hear(Order::default()).await;
    let until = webhook.clock.now().plus(Duration::from_secs(3600));
    webhook
        .graph
        .renew(&app(), &id, until, Some(&new.public("new")))
        .await
        .unwrap();
    let after = webhook.hear(Order::default()).await;
    old.open("old", &before).unwrap();
    new.open("new", &after).unwrap();
    assert!(old.open("new", &after).is_err());
}

#[tokio::test]
async fn what_passes_is_waited_for_and_what_does_not_is_said() {
    let webhook = Webhook::set(Config::default()).await;
    let id = webhook.subscribe(&app(), None).await;
    let throttle = |seconds: &str| Fault {
        status: Some(429),
        retry_after: Some(seconds.to_owned()),
        times: Some(1),
        ..Fault::default()
    };
    webhook.simulator.break_down(Endpoint::Graph, throttle("1"));
    webhook.graph.reauthorize(&app(), &id).await.unwrap();
    webhook.simulator.break_down(Endpoint::Graph, throttle("30"));
    let throttled = webhook.graph.reauthorize(&app(), &id).await;
    assert!(
        matches!(throttled, Err(RemoteError::Throttled(wait)) if wait.as_secs() == 30),
        "{throttled:?}"
    );
    webhook.simulator.revoke_tokens();
    webhook.graph.reauthorize(&app(), &id).await.unwrap();
}

#[tokio::test]
async fn a_new_signing_key_is_found_after_five_minutes() {
    let webhook = Webhook::set(Config::default()).await;
    let own = Own::new(&webhook.clock);
    webhook.subscribe(&app(), Some(own.public("first"))).await;
    let before = webhook.hear(Order::default()).await;
    webhook.verify(&before).await.unwrap();
    webhook.simulator.rotate_keys(false).unwrap();
    webhook.clock.forward(Duration::from_secs(5 * 60));
    let after = webhook.hear(Order::default()).await;
    webhook.verify(&after).await.unwrap();
    webhook.verify(&before).await.unwrap_err();
}
