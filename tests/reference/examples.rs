//! The examples of the OpenAPI document, held with its schemas and with what the server really answers.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Answer, Setup, TestApp, letter};

use crate::python::{run, script};

const PATIENCE: Duration = Duration::from_secs(120);

/// Answers of operations of every kind: what was made, what is listed, and what is refused.
async fn answers(app: &TestApp) -> Vec<Value> {
    let named = json!({ "displayName": "Ada", "organization": "Harbor Works" });
    let ada = app.register_with("ada", &named).await;
    let bob = app.register("bob").await;
    let org = ada.organization.clone();
    let site = ada.create_site(&org, "North").await;
    let pump = json!({ "title": "Main pump", "siteId": site.json()["id"], "tags": ["quay"],
        "value": { "amount": 125_000, "currency": "EUR" }, "attributes": { "kW": 7.5 } });
    let asset = ada.create_asset(&pump).await;
    let id = asset.json()["id"].as_str().unwrap().to_owned();
    let invitation = ada.invite(&org, &bob.email, "member").await;
    let bob = {
        let token = invitation.json()["token"].clone();
        bob.accept_invitation(token.as_str().unwrap()).await.expect(200);
        bob.switched_to(&org).await
    };
    let message = ada.send_message(&letter(&bob, "sealed")).await;
    let key = json!({ "name": "Sensor", "scopes": ["events:publish"] });
    let orgs = |path: &str| format!("/api/orgs/{org}/{path}");
    let came = [
        ("createSite", site),
        ("createAsset", asset),
        ("createInvitation", invitation),
        ("sendMessage", message),
        ("createApiKey", ada.post(&orgs("api-keys"), &key).await),
        (
            "login",
            ada.without_token().login(&ada.email, tenon_tests::app::PASSWORD).await,
        ),
        ("getProfile", ada.me().await),
        ("getAsset", ada.asset(&id).await),
        ("listAssets", ada.assets("?count=true").await),
        ("listSites", ada.sites(&org).await),
        ("listMembers", ada.members(&org).await),
        ("listSessions", ada.sessions().await),
        ("listConversations", ada.conversations().await),
        ("listMail", bob.mail("").await),
        ("getMessageRetention", ada.get(&orgs("message-retention")).await),
        ("getHealth", app.anonymous().health().await),
        ("getAsset", ada.without_token().asset(&id).await),
        ("createAsset", ada.create_asset(&json!({ "title": "" })).await),
        (
            "changeAsset",
            ada.change_asset(&id, "\"v9\"", &json!({ "title": "Pump" })).await,
        ),
        ("createSite", bob.create_site(&org, "South").await),
    ];
    came.iter().map(told).collect()
}

fn told((operation, answer): &(&str, Answer)) -> Value {
    json!({ "operation": operation, "status": answer.status, "body": answer.json() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_fits_its_schema_and_shows_what_is_really_answered() {
    let app = Setup::SqliteAlone.start().await;
    let answers = answers(&app).await;
    let document = app.anonymous().openapi().await.json();
    let place = tempfile::tempdir().unwrap();
    let mut command = script("examples.py");
    for (name, content) in [("document.json", document), ("answers.json", json!(answers))] {
        let file = place.path().join(name);
        std::fs::write(&file, content.to_string()).unwrap();
        command.arg(file);
    }
    let said = run(&mut command, PATIENCE).await;
    let counted = |kind: &str| -> usize {
        let (_, count) = said.split_once(&format!("{kind}=")).unwrap_or_else(|| panic!("{said}"));
        count.split_whitespace().next().unwrap().parse().unwrap()
    };
    assert_eq!(counted("answer"), answers.len());
    for (kind, least) in [("parameter", 100), ("property", 50), ("request", 30), ("response", 500)] {
        assert!(counted(kind) > least, "{said}");
    }
}
