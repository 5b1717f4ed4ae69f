//! Idempotency-Key: a repetition gets the same answer and does nothing.

use serde_json::json;
use tenon_tests::app::id;
use tenon_tests::for_each_setup;
use tenon_tests::race::race;

for_each_setup!(a_repetition_may_spell_the_path_otherwise, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = ada.organization.clone();
    let body = json!({ "name": "North" });
    let sites = |org: &str| format!("/api/orgs/{org}/sites");
    let first = ada.post_once(&sites(&org), "key-1", &body).await.expect(201);
    for spelled in [org.to_uppercase(), format!("%30{}", &org[1..])] {
        let again = ada.post_once(&sites(&spelled), "key-1", &body).await.expect(201);
        assert_eq!(again.text(), first.text(), "{spelled}");
    }
});

for_each_setup!(a_repetition_gets_the_stored_answer_byte_for_byte, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = ada.organization.clone();
    let site = ada.made_site(&org, "North").await;
    for (path, body) in [
        (
            "/api/assets".to_owned(),
            json!({ "title": "Pump", "attributes": { "a": 1 } }),
        ),
        ("/api/orgs".to_owned(), json!({ "name": "Engines" })),
        (format!("/api/orgs/{org}/sites"), json!({ "name": "South" })),
        (
            format!("/api/orgs/{org}/units"),
            json!({ "name": "Hall", "siteId": site }),
        ),
        (
            format!("/api/orgs/{org}/invitations"),
            json!({ "email": "new@example.org", "role": "member" }),
        ),
    ] {
        let first = ada.post_once(&path, "key-1", &body).await.expect(201);
        assert!(!first.headers.contains_key("idempotent-replayed"));
        let again = ada.post_once(&path, "key-1", &body).await.expect(201);
        assert_eq!(again.header("idempotent-replayed"), "true", "{path}");
        assert_eq!(again.text(), first.text(), "{path}");
        for name in ["location", "content-type", "etag"] {
            assert_eq!(again.headers.get(name), first.headers.get(name), "{path}: {name}");
        }
        let mut other = body.clone();
        other["name"] = json!("Other");
        let reused = ada.post_once(&path, "key-1", &other).await.any_problem();
        assert!(
            ["idempotency_key_reused", "unknown_field"].contains(&reused.code.as_str()),
            "{path}"
        );
        assert_ne!(
            id(&ada.post_once(&path, "key-2", &body).await.expect(201).json()),
            id(&first.json())
        );
    }
    assert_eq!(ada.all("/api/assets").await.len(), 2);
    assert_eq!(ada.all("/api/orgs").await.len(), 3);
});

for_each_setup!(the_same_key_with_another_body_is_refused, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    ada.create_asset_once("key", &json!({ "title": "Pump" }))
        .await
        .expect(201);
    let other = ada.create_asset_once("key", &json!({ "title": "Valve" })).await;
    other.problem(422, "idempotency_key_reused");
    assert_eq!(ada.all("/api/assets").await.len(), 1);
});

for_each_setup!(a_key_is_the_persons_the_routes_and_the_organizations_own, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let body = json!({ "title": "Pump" });
    let asset = id(&ada.create_asset_once("key", &body).await.expect(201).json());
    let other = eve.create_asset_once("key", &body).await.expect(201);
    assert_ne!(id(&other.json()), asset);
    let there = eve.take_in(&ada, "member").await;
    let elsewhere = there.create_asset_once("key", &body).await.expect(201).json();
    assert_eq!(elsewhere["organizationId"], json!(eve.organization));
    ada.post_once("/api/orgs", "key", &json!({ "name": "Engines" }))
        .await
        .expect(201);
    let again = ada.create_asset_once("key", &body).await.expect(201);
    assert_eq!(id(&again.json()), asset);
});

for_each_setup!(equal_requests_at_once_make_one_asset, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let other = app.another(&[]).await;
    let body = json!({ "title": "Pump", "description": "d".repeat(5_000) });
    for round in 0..5 {
        let racers = (0..16).map(|number| {
            let client = if number % 2 == 0 {
                (*ada).clone()
            } else {
                ada.at(&other)
            };
            let (key, body) = (format!("key-{round}"), body.clone());
            async move { client.create_asset_once(&key, &body).await }
        });
        let answers = race(racers).await;
        let mut made = std::collections::BTreeSet::new();
        for answer in &answers {
            match answer.status {
                201 => drop(made.insert(id(&answer.json()))),
                _ => drop(answer.problem(409, "idempotency_in_progress")),
            }
        }
        assert_eq!(made.len(), 1);
        let fresh = answers
            .iter()
            .filter(|a| a.status == 201 && !a.headers.contains_key("idempotent-replayed"));
        assert_eq!(fresh.count(), 1);
    }
    assert_eq!(ada.all("/api/assets").await.len(), 5);
});

for_each_setup!(an_answer_is_replayed_after_a_restart, |setup| {
    let mut app = setup.start().await;
    let ada = app.register("ada").await;
    let body = json!({ "title": "Pump" });
    let first = ada.create_asset_once("key", &body).await.expect(201);
    app.restart().await;
    let again = ada.create_asset_once("key", &body).await.expect(201);
    assert_eq!(
        (again.text(), again.header("idempotent-replayed")),
        (first.text(), "true")
    );
    assert_eq!(ada.all("/api/assets").await.len(), 1);
});

for_each_setup!(a_request_that_failed_may_be_repeated_under_its_key, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let wrong = json!({ "title": "Pump", "siteId": ada.organization });
    ada.create_asset_once("key", &wrong)
        .await
        .problem(400, "validation_failed");
    ada.create_asset_once("key", &json!({ "title": "Pump" }))
        .await
        .expect(201);
    for key in ["", "a b", "ä", &"k".repeat(256)] {
        let refused = ada.create_asset_once(key, &json!({ "title": "Pump" })).await;
        refused.problem(400, "invalid_idempotency_key");
    }
    ada.create_asset_once(&"k".repeat(255), &json!({ "title": "Pump" }))
        .await
        .expect(201);
});
