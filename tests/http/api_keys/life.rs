use std::time::Duration;

use serde_json::{Value, json};
use tenon_accounts::{ApiKey, ApiKeyName, KeyPrefix, OpaqueToken, Secrets};
use tenon_crypto::RandomSecrets;
use tenon_kernel::{Id, KeyScope, Timestamp};
use tenon_tests::app::{SCOPES, id, is_id, is_stamp};
use tenon_tests::audit::entry;
use tenon_tests::clock::DAY;
use tenon_tests::for_each_setup;
use tenon_tests::stores::TestStore;
use tenon_tests::waiting::until_ok;

use crate::organizations::Company;

for_each_setup!(an_api_key_is_made_read_listed_and_revoked, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let body = json!({
        "name": "  Warehouse ", "scopes": ["rooms:read", "assets:read", "rooms:read"], "expiresAt": "2999-01-01T01:00:00+01:00",
    });
    let answer = ada.create_api_key(org, &body).await.expect(201);
    let mut made = answer.json();
    let key = id(&made);
    assert_eq!(answer.header("location"), format!("/api/orgs/{org}/api-keys/{key}"));
    let token = made.as_object_mut().unwrap().remove("key").unwrap();
    let token = token.as_str().unwrap();
    assert!(token.starts_with("tenon_") && token.len() == 49, "{token}");
    assert!(is_id(&key) && is_stamp(made["createdAt"].as_str().unwrap()));
    let expected = json!({
        "id": key, "name": "Warehouse", "prefix": &token[..12], "scopes": ["assets:read", "rooms:read"],
        "createdBy": ada.id, "createdAt": made["createdAt"], "lastUsedAt": null,
        "expiresAt": "2999-01-01T00:00:00.000000Z",
    });
    assert_eq!(made, expected);
    assert_eq!(ada.api_key(org, &key).await.expect(200).json(), made);

    let mut all = vec![key.clone()];
    for scope in SCOPES {
        all.push(ada.made_api_key(&app, &[scope]).await.id);
    }
    all.reverse();
    let path = format!("/api/orgs/{org}/api-keys?limit=2");
    let listed: Vec<String> = ada.all(&path).await.iter().map(id).collect();
    assert_eq!(listed, all);
    assert_eq!(ada.page(&format!("{path}&count=true")).await.total, Some(6));

    ada.revoke_api_key(org, &key).await.expect(204);
    ada.revoke_api_key(org, &key).await.problem(404, "api_key_not_found");
    ada.api_key(org, &key).await.problem(404, "api_key_not_found");
    assert_eq!(ada.all(&path).await.len(), 5);
});

for_each_setup!(every_mistake_in_a_new_api_key_is_told, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let good = json!({ "name": "x", "scopes": ["assets:read"] });
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for (body, field, code) in [
        (json!({ "scopes": ["assets:read"] }), "name", "required"),
        (with("name", json!(" ")), "name", "required"),
        (with("name", json!("x".repeat(101))), "name", "too_long"),
        (with("name", json!("a\nb")), "name", "invalid_characters"),
        (json!({ "name": "x" }), "scopes", "required"),
        (with("scopes", json!([])), "scopes", "required"),
        (with("scopes", json!(["assets:read"].repeat(6))), "scopes", "too_many"),
        (
            with("scopes", json!(["assets:read", "assets"])),
            "scopes[1]",
            "unknown_scope",
        ),
        (with("expiresAt", json!("tomorrow")), "expiresAt", "invalid_time"),
        (
            with("expiresAt", json!("2020-01-01T00:00:00Z")),
            "expiresAt",
            "in_the_past",
        ),
    ] {
        let problem = ada.create_api_key(org, &body).await.problem(400, "validation_failed");
        assert_eq!(problem.fields, [(field.to_owned(), code.to_owned())], "{body}");
    }
    let unknown = with("scope", json!("assets:read"));
    ada.create_api_key(org, &unknown).await.problem(400, "unknown_field");
    assert_eq!(ada.all(&format!("/api/orgs/{org}/api-keys")).await.len(), 0);
});

for_each_setup!(a_repeated_creation_gives_the_same_api_key_again, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let path = format!("/api/orgs/{}/api-keys", ada.organization);
    let body = json!({ "name": "Warehouse", "scopes": ["assets:read"] });
    let first = ada.post_once(&path, "key", &body).await.expect(201);
    let again = ada.post_once(&path, "key", &body).await.expect(201);
    assert_eq!(
        (again.json(), again.header("idempotent-replayed")),
        (first.json(), "true")
    );
    let other = json!({ "name": "Warehouse", "scopes": ["assets:write"] });
    let reused = ada.post_once(&path, "key", &other).await;
    reused.problem(422, "idempotency_key_reused");
    assert_eq!(ada.all(&path).await.len(), 1);
    let holder = app.anonymous().with_token(again.json()["key"].as_str().unwrap());
    holder.assets("").await.expect(200);
});

for_each_setup!(api_keys_of_another_organization_are_not_there, |setup| {
    let app = setup.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let made = ada.made_api_key(&app, &["assets:read"]).await;
    for answer in [
        bob.api_keys(&ada.organization).await,
        bob.api_key(&ada.organization, &made.id).await,
        bob.revoke_api_key(&ada.organization, &made.id).await,
    ] {
        answer.problem(404, "organization_not_found");
    }
    for answer in [
        bob.api_key(&bob.organization, &made.id).await,
        bob.revoke_api_key(&bob.organization, &made.id).await,
    ] {
        answer.problem(404, "api_key_not_found");
    }
    made.client.assets("").await.expect(200);
});

for_each_setup!(
    a_revoked_or_expired_api_key_and_one_of_a_deleted_organization_are_dead_at_once,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let org = &ada.organization;
        let revoked = ada.made_api_key(&app, &["assets:read"]).await;
        revoked.client.assets("").await.expect(200);
        ada.revoke_api_key(org, &revoked.id).await.expect(204);
        revoked.client.assets("").await.problem(401, "token_invalid");

        let engines = id(&ada.create_organization("Engines").await.expect(201).json());
        let there = ada.switched_to(&engines).await;
        let orphan = there.made_api_key(&app, &["assets:read"]).await;
        orphan.client.assets("").await.expect(200);
        there.delete_organization(&engines, "*").await.expect(204);
        orphan.client.assets("").await.problem(401, "token_invalid");

        let long_ago = Timestamp::from_micros(1_700_000_000_000_000);
        let expired = ApiKey {
            id: Id::at(long_ago),
            organization: org.parse().unwrap(),
            name: ApiKeyName::parse("Old").unwrap(),
            prefix: KeyPrefix::stored("tenon_AAAAAA".to_owned()),
            scopes: KeyScope::ALL.into_iter().collect(),
            created_by: ada.id.parse().unwrap(),
            created_at: long_ago,
            last_used_at: None,
            expires_at: Some(long_ago.plus(DAY)),
        };
        let token = format!("tenon_{}", "A".repeat(43));
        let digest = RandomSecrets.digest(&OpaqueToken::new(token.clone()));
        let store = TestStore::beside(&app);
        store.api_keys.create(&expired, &digest, None, &entry()).await.unwrap();
        let answer = app.anonymous().with_token(&token).assets("").await;
        let problem = answer.problem(401, "token_invalid");
        assert!(problem.document["detail"].as_str().unwrap().contains("expired"));
        ada.api_key(org, &expired.id.to_string()).await.expect(200);
    }
);

for_each_setup!(what_looks_like_an_api_key_and_is_none_speaks_for_nobody, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let made = ada.made_api_key(&app, &["assets:read"]).await;
    let token = made.client.token();
    let other = format!("tenon_{}", "A".repeat(43));
    let cut = &token[..48];
    let longer = format!("{token}A");
    for text in [&other, cut, &longer, "tenon_", &token.replace("tenon_", "Tenon_")] {
        let answer = app.anonymous().with_token(text).assets("").await;
        answer.problem(401, "token_invalid");
    }
});

for_each_setup!(an_api_key_says_when_it_was_last_used, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let made = ada.made_api_key(&app, &["assets:read"]).await;
    made.client.assets("").await.expect(200);
    let shown = until_ok("the use is noted", Duration::from_secs(60), async || {
        let shown = ada.api_key(&ada.organization, &made.id).await.expect(200).json();
        if shown["lastUsedAt"].is_string() {
            Ok(shown)
        } else {
            Err(shown.to_string())
        }
    })
    .await;
    let used = shown["lastUsedAt"].as_str().unwrap();
    assert!(is_stamp(used) && used > shown["createdAt"].as_str().unwrap());
});

for_each_setup!(an_api_key_outlives_the_membership_of_whoever_made_it, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let admin = company.admin.switched_to(company.org()).await;
    let made = admin.made_api_key(&app, &["assets:read", "assets:write"]).await;
    company
        .owner
        .remove_member(company.org(), &admin.id, "*")
        .await
        .expect(204);
    made.client.assets("").await.expect(200);
    let asset = made.client.create_asset(&json!({ "title": "Pump" })).await.expect(201);
    assert_eq!(asset.json()["ownerId"], admin.id.as_str());
});
