//! The list of one's own sessions, and their ends.

use serde_json::json;
use tenon_tests::app::{PASSWORD, Person};
use tenon_tests::for_each_setup;

for_each_setup!(sessions_are_listed_newest_first_with_the_device_they_are_on, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let login = json!({ "email": ada.email, "password": PASSWORD });
    let phone = ada.without_token().call(reqwest::Method::POST, "/api/auth/login");
    let phone = phone
        .header("user-agent", "Phone/1")
        .json(&login)
        .send()
        .await
        .expect(200);
    let phone = Person::of(&ada.without_token(), &phone.json());
    app.register("bob").await;
    let listed = ada.sessions().await.expect(200).json();
    let items = listed["items"].as_array().unwrap();
    let ids: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&phone.session, &ada.session]);
    assert_eq!(
        (&items[0]["userAgent"], &items[0]["current"]),
        (&json!("Phone/1"), &json!(false))
    );
    assert_eq!(
        (&items[1]["address"], &items[1]["current"]),
        (&json!(ada.address()), &json!(true))
    );
    assert_eq!(
        (&items[0]["name"], &items[0]["organizationId"]),
        (&json!(null), &json!(ada.organization))
    );
    assert_eq!(ada.session(&phone.session).await.expect(200).json(), items[0]);
    assert_eq!(ada.all("/api/auth/sessions?limit=1").await, *items);
});

for_each_setup!(a_session_is_named_under_its_entity_tag, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let named = ada.name_session(&ada.session, "\"v1\"", "Laptop").await.expect(200);
    assert_eq!(
        (named.etag().as_str(), &named.json()["name"]),
        ("\"v2\"", &json!("Laptop"))
    );
    let stale = ada.name_session(&ada.session, "\"v1\"", "Late").await;
    stale.problem(412, "version_mismatch");
    let again = ada.refreshed().await;
    assert_eq!(again.session(&again.session).await.expect(200).etag(), "\"v2\"");
});

for_each_setup!(a_session_that_is_ended_is_dead_at_once, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let phone = ada.sign_in().await;
    ada.end_session(&phone.session).await.expect(204);
    phone.me().await.problem(401, "token_invalid");
    phone.refresh().await.problem(401, "refresh_token_invalid");
    ada.end_session(&phone.session).await.problem(404, "session_not_found");
    ada.session(&phone.session).await.problem(404, "session_not_found");
    assert_eq!(ada.all("/api/auth/sessions").await.len(), 1);
});

for_each_setup!(another_persons_session_cannot_be_seen_named_or_ended, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    eve.session(&ada.session).await.problem(404, "session_not_found");
    eve.name_session(&ada.session, "*", "Mine")
        .await
        .problem(404, "session_not_found");
    eve.end_session(&ada.session).await.problem(404, "session_not_found");
    assert_eq!(ada.session(&ada.session).await.expect(200).json()["name"], json!(null));
});

for_each_setup!(logging_out_ends_this_session_alone, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let phone = ada.sign_in().await;
    phone.logout().await.expect(204);
    phone.me().await.problem(401, "token_invalid");
    phone.logout().await.problem(401, "token_invalid");
    phone.refresh().await.problem(401, "refresh_token_invalid");
    ada.me().await.expect(200);
});

for_each_setup!(ending_all_sessions_ends_the_one_that_asks_too, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let (phone, bob) = (ada.sign_in().await, app.register("bob").await);
    ada.end_all_sessions().await.expect(204);
    for client in [&ada, &phone] {
        client.me().await.problem(401, "token_invalid");
        client.refresh().await.problem(401, "refresh_token_invalid");
    }
    bob.me().await.expect(200);
    ada.sign_in().await.me().await.expect(200);
});

for_each_setup!(
    switching_gives_a_token_for_the_other_organization_and_the_session_stays_there,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = (app.register("ada").await, app.register("bob").await);
        let there = bob.take_in(&ada, "viewer").await;
        assert_eq!(there.me().await.json()["organization"]["id"], json!(bob.organization));
        assert_eq!(there.me().await.json()["role"], "viewer");
        ada.me().await.expect(200);
        let refreshed = ada.refreshed().await;
        assert_eq!(refreshed.organization, bob.organization);
        let back = refreshed.switched_to(&ada.organization).await;
        assert_eq!(back.me().await.json()["role"], "owner");
        let eve = app.register("eve").await;
        eve.switch(&bob.organization)
            .await
            .problem(404, "organization_not_found");
        eve.switch(&eve.id).await.problem(404, "organization_not_found");
    }
);
