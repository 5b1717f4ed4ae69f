use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tenon_graph::{Granted, PublicCertificate, Remote, RemoteError, RemoteId};
use tenon_kernel::Timestamp;

use crate::scene::{CLIENT_STATE, SECRET, Scene, app, id, nothing, said, subscription};
use crate::server::Reply;

fn granted() -> Granted {
    Granted {
        id: id(),
        expires_at: Timestamp::parse("2026-01-01T12:45:00Z").unwrap(),
    }
}

#[tokio::test]
async fn a_subscription_is_asked_for_as_graph_documents_it() {
    let scene = Scene::set(|_, _| Reply::json(201, &subscription())).await;
    assert_eq!(scene.graph.create(&app(), &scene.wanted()).await.unwrap(), granted());
    let calls = scene.server.calls();
    assert_eq!(
        (calls[0].method.as_str(), calls[0].path.as_str()),
        ("POST", "/v1.0/subscriptions")
    );
    assert_eq!(calls[0].authorization.as_deref(), Some("Bearer token-0"));
    assert_eq!(
        calls[0].json(),
        json!({
            "changeType": "created,updated",
            "notificationUrl": "https://tenon.example/webhooks/graph",
            "lifecycleNotificationUrl": "https://tenon.example/webhooks/graph",
            "resource": "/users/1/messages",
            "expirationDateTime": "2026-01-01T13:00:00.000000Z",
            "clientState": CLIENT_STATE,
            "latestSupportedTlsVersion": "v1_2",
        })
    );
}

#[tokio::test]
async fn a_certificate_asks_for_the_resource_too() {
    let scene = Scene::set(|_, _| Reply::json(201, &subscription())).await;
    let certificate = PublicCertificate {
        id: "certificate-1".to_owned(),
        der: vec![0x30, 0x82, 0xff],
    };
    let mut wanted = scene.wanted();
    wanted.certificate = Some(certificate.clone());
    scene.graph.create(&app(), &wanted).await.unwrap();
    let body = scene.server.calls()[0].json();
    assert_eq!(body["includeResourceData"], true);
    assert_eq!(body["encryptionCertificate"], STANDARD.encode([0x30, 0x82, 0xff]));
    assert_eq!(body["encryptionCertificateId"], "certificate-1");

    let renewed = scene
        .graph
        .renew(&app(), &id(), scene.until(), Some(&certificate))
        .await;
    assert_eq!(renewed.unwrap(), granted());
    let body = scene.server.calls()[1].json();
    assert_eq!(
        body,
        json!({
            "expirationDateTime": "2026-01-01T13:00:00.000000Z",
            "encryptionCertificate": STANDARD.encode([0x30, 0x82, 0xff]),
            "encryptionCertificateId": "certificate-1",
        })
    );
}

#[tokio::test]
async fn the_other_calls_go_where_graph_documents_them() {
    let scene = Scene::set(|request, _| match request.method.as_str() {
        "PATCH" => Reply::json(200, &subscription()),
        _ => nothing(),
    })
    .await;
    scene.graph.renew(&app(), &id(), scene.until(), None).await.unwrap();
    scene.reauthorize().await.unwrap();
    scene.graph.delete(&app(), &id()).await.unwrap();
    let calls = scene.server.calls();
    let made: Vec<_> = calls
        .iter()
        .map(|call| (call.method.as_str(), call.path.as_str()))
        .collect();
    assert_eq!(
        made,
        [
            ("PATCH", "/v1.0/subscriptions/7f105c7d"),
            ("POST", "/v1.0/subscriptions/7f105c7d/reauthorize"),
            ("DELETE", "/v1.0/subscriptions/7f105c7d"),
        ]
    );
    assert_eq!(
        calls[0].json(),
        json!({"expirationDateTime": "2026-01-01T13:00:00.000000Z"})
    );
}

#[tokio::test]
async fn an_unknown_subscription_is_not_found_and_counts_as_deleted() {
    let scene = Scene::set(|_, _| Reply::json(404, &json!({"error": {"code": "ResourceNotFound"}}))).await;
    let renewed = scene.graph.renew(&app(), &id(), scene.until(), None).await;
    assert!(matches!(renewed, Err(RemoteError::NotFound)), "{renewed:?}");
    let reauthorized = scene.reauthorize().await;
    assert!(matches!(reauthorized, Err(RemoteError::NotFound)), "{reauthorized:?}");
    scene.graph.delete(&app(), &id()).await.unwrap();

    let created = scene.graph.create(&app(), &scene.wanted()).await;
    assert!(
        matches!(created, Err(RemoteError::Refused { status: 404, .. })),
        "{created:?}"
    );
}

#[tokio::test]
async fn an_id_that_is_no_path_segment_is_unknown_without_asking() {
    let scene = Scene::set(|_, _| nothing()).await;
    for odd in ["", ".."] {
        let id = RemoteId(odd.to_owned());
        let renewed = scene.graph.renew(&app(), &id, scene.until(), None).await;
        assert!(matches!(renewed, Err(RemoteError::NotFound)), "{odd}: {renewed:?}");
    }
    assert!(scene.server.requests().is_empty());
}

#[tokio::test]
async fn a_refusal_says_why_without_what_was_sent_in_confidence() {
    let echo =
        json!({"error": {"code": "InvalidRequest", "message": format!("clientState {CLIENT_STATE}\nby token-0")}});
    let scene = Scene::set(move |_, _| Reply::json(400, &echo)).await;
    let error = scene.graph.create(&app(), &scene.wanted()).await.unwrap_err();
    let RemoteError::Refused { status, code, message } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((*status, code.as_str()), (400, "InvalidRequest"));
    assert_eq!(message, "clientState [secret] by [secret]");
    for secret in [SECRET, CLIENT_STATE, "token-0"] {
        assert!(!said(&error).contains(secret), "{error:?}");
    }
}

#[tokio::test]
async fn a_refusal_in_html_is_a_refusal_still() {
    let scene = Scene::set(|_, _| Reply::Now(403, Vec::new(), b"<html>Forbidden".to_vec())).await;
    let error = scene.reauthorize().await.unwrap_err();
    assert_eq!(error.to_string(), "Graph refused: 403 unnamed: ");
}

#[tokio::test]
async fn a_success_without_the_subscription_is_no_success() {
    for body in [
        "",
        "[]",
        "{\"id\":\"1\"}",
        "{\"id\":\"1\",\"expirationDateTime\":\"soon\"}",
    ] {
        let scene = Scene::set(move |_, _| Reply::Now(201, Vec::new(), body.into())).await;
        let created = scene.graph.create(&app(), &scene.wanted()).await;
        assert!(
            matches!(created, Err(RemoteError::Unavailable(_))),
            "{body}: {created:?}"
        );
    }
}

#[tokio::test]
async fn creation_may_take_longer_than_five_seconds_as_graph_calls_back_first() {
    let scene = Scene::set(|_, _| Reply::After(Duration::from_millis(5500), 201, subscription())).await;
    assert_eq!(scene.graph.create(&app(), &scene.wanted()).await.unwrap(), granted());
}
