//! Every page, with something in it.

use serde_json::json;
use tenon_tests::app::{Person, Setup, TestApp};
use tenon_tests::jobs::give_up;
use tenon_tests::stores::TestStore;

use super::desk::Desk;

/// The path and the heading of each page of a person.
pub const OF_A_PERSON: &[(&str, &str)] = &[
    ("/", "Overview"),
    ("/rooms", "Rooms"),
    ("/messages", "Messages"),
    ("/assets", "Assets"),
    ("/places", "Sites and units"),
    ("/members", "Members"),
    ("/organizations", "Organizations"),
    ("/credentials", "Credentials"),
    ("/graph", "Microsoft Graph"),
    ("/sessions", "Account and devices"),
    ("/api-keys", "API keys"),
    ("/audit", "Audit log"),
];

/// The path and the heading of each page of the operator.
pub const OF_THE_OPERATOR: &[(&str, &str)] = &[
    ("/", "Overview"),
    ("/queues", "Queues"),
    ("/users", "Users"),
    ("/all-audit", "Audit log"),
];

/// The path and the heading of a page, and what is pressed there to open a dialog.
pub const DIALOGS: &[(&str, &str, &str)] = &[
    ("/assets", "Assets", "New asset"),
    ("/credentials", "Credentials", "New credential"),
];

/// A server with something on every page, its owner, and an asset.
pub async fn lived_in() -> (TestApp, Person, String) {
    let options = Setup::SqliteAlone.options().set("TENON__JOBS__GRAPH_WORKERS", "0");
    let app = options.set("TENON__CLUSTER__NODES", "gate=127.0.0.1:9").start().await;
    let named = json!({ "displayName": "Ada Lovelace", "organization": "Harbor Works" });
    let ada = app.register_with("ada", &named).await;
    let bob = app.register_with("bob", &json!({ "displayName": "Bob" })).await;
    ada.take_in(&bob, "member").await;
    ada.invite(&ada.organization, "carol@example.org", "admin")
        .await
        .expect(201);
    let site = ada.made_site(&ada.organization, "North quay").await;
    let unit = ada.made_unit(&ada.organization, &site, "Hall 1").await;
    let asset = furnish(&ada, &site, &unit).await;
    ada.made_credential("Weather service", "not-a-secret").await;
    let values = json!({ "tenantId": "6e1c2c3c-1111-4222-8333-944445555666",
        "clientId": "6e1c2c3c-1111-4222-8333-944445555667", "clientSecret": "not-a-secret" });
    let credential = json!({ "kind": "microsoft-graph", "name": "Mailbox reader", "values": values });
    let credential = ada.create_credential(&credential).await.expect(201).json();
    let subscription = json!({ "credentialId": credential["id"], "resource": "users/ada@example.com/messages",
        "changeTypes": ["created", "updated"] });
    ada.post("/api/graph/subscriptions", &subscription).await.expect(201);
    give_up(&TestStore::beside(&app), 3).await;
    (app, ada, asset)
}

async fn furnish(ada: &Person, site: &str, unit: &str) -> String {
    let mut asset = String::new();
    for number in 0..24 {
        let category = ["pumps", "lifting", "climate"][number % 3];
        let status = ["active", "active", "draft", "archived"][number % 4];
        let title = ["Main pump", "Crane", "Forklift", "Boiler", "Chiller", "Dock leveller"][number % 6];
        let body = json!({
            "title": if number < 6 { title.to_owned() } else { format!("{title} {}", number / 6 + 1) },
            "category": category,
            "status": status,
            "siteId": site,
            "unitId": unit,
            "tags": if number % 2 == 0 { json!(["cooling"]) } else { json!(["quay", "2026"]) },
            "value": { "amount": 125_000 + number * 1_250, "currency": "EUR" },
            "attributes": { "kW": 7.5 },
            "description": "Feeds the ring line.",
        });
        let made = ada.create_asset(&body).await.expect(201).json();
        asset = made["id"].as_str().unwrap().to_owned();
    }
    asset
}

/// Goes to each of these pages and looks at it.
pub async fn each(
    desk: &mut Desk,
    pages: &[(&str, &str)],
    asset: Option<&str>,
    mut look: impl AsyncFnMut(&mut Desk, &str),
) {
    for (path, heading) in pages {
        desk.go(path, heading).await;
        look(desk, path).await;
    }
    if let Some(asset) = asset {
        desk.go(&format!("/assets/{asset}"), "Dock leveller 4").await;
        look(desk, "/asset").await;
    }
}
