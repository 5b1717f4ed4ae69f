use reqwest::Method;
use serde_json::json;
use tenon_tests::app::{SCOPES, id};
use tenon_tests::for_each_setup;

for_each_setup!(a_request_beyond_its_scopes_is_told_which_one_it_takes, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let site = ada.made_site(org, "Hall").await;
    for (method, path, scope) in [
        (Method::GET, "/api/assets".to_owned(), "assets:read"),
        (Method::POST, "/api/assets".to_owned(), "assets:write"),
        (Method::POST, format!("/api/orgs/{org}/events"), "events:publish"),
        (Method::GET, format!("/api/rooms/org:{org}/history"), "rooms:read"),
        (Method::GET, format!("/api/orgs/{org}/activity"), "rooms:read"),
        (Method::GET, format!("/api/orgs/{org}/sites/{site}"), "places:read"),
    ] {
        let others: Vec<&str> = SCOPES.into_iter().filter(|other| *other != scope).collect();
        let without = ada.made_api_key(&app, &others).await.client;
        let problem = without.call(method, &path).send().await.problem(403, "scope_missing");
        let detail = problem.document["detail"].as_str().unwrap();
        assert!(detail.contains(scope), "{detail}");
    }
});

for_each_setup!(an_api_key_sees_the_organization_as_an_admin_does, |setup| {
    let app = setup.start().await;
    let (ada, stranger) = (app.register("ada").await, app.register("stranger").await);
    let bob = ada.take_in(&app.register("bob").await, "member").await;
    let org = &ada.organization;
    let site = ada.made_site(org, "Hall").await;
    let unit = ada.made_unit(org, &site, "Room").await;
    let others = id(&bob.create_asset(&json!({ "title": "Bob's" })).await.expect(201).json());
    let foreign = id(&stranger
        .create_asset(&json!({ "title": "Foreign" }))
        .await
        .expect(201)
        .json());
    let made = ada.made_api_key(&app, &SCOPES).await;
    let key = &made.client;
    assert_eq!(key.asset(&others).await.expect(200).json()["title"], "Bob's");
    let renamed = key.change_asset(&others, "\"v1\"", &json!({ "title": "Ours" })).await;
    renamed.expect(200);
    key.asset(&foreign).await.problem(404, "asset_not_found");
    for path in [
        format!("/api/orgs/{org}/sites/{site}"),
        format!("/api/orgs/{org}/units/{unit}"),
        format!("/api/orgs/{org}/units?siteId={site}"),
        format!("/api/rooms/org:{org}:site:{site}/presence"),
        format!("/api/orgs/{org}/activity"),
    ] {
        key.get(&path).await.expect(200);
    }
    let elsewhere = &stranger.organization;
    for path in [
        format!("/api/orgs/{elsewhere}/sites"),
        format!("/api/orgs/{elsewhere}/activity"),
    ] {
        key.get(&path).await.problem(404, "organization_not_found");
    }
    key.history(&format!("org:{elsewhere}"), "")
        .await
        .problem(404, "room_not_found");
    let emitted = key.emit(elsewhere, "door.opened", &json!(null)).await;
    emitted.problem(404, "organization_not_found");
});

for_each_setup!(the_private_room_of_whoever_made_an_api_key_is_closed_to_it, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let key = ada.made_api_key(&app, &SCOPES).await.client;
    let own = format!("user:{}", ada.id);
    ada.history(&own, "").await.expect(200);
    key.history(&own, "").await.problem(404, "room_not_found");
    key.presence_of(&own).await.problem(404, "room_not_found");
});

for_each_setup!(what_takes_no_api_key_says_so, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let key = ada.made_api_key(&app, &SCOPES).await.client;
    for (method, path) in [
        (Method::GET, "/api/auth/me".to_owned()),
        (Method::POST, "/api/auth/logout".to_owned()),
        (Method::GET, "/api/orgs".to_owned()),
        (Method::GET, format!("/api/orgs/{org}")),
        (Method::GET, format!("/api/orgs/{org}/api-keys")),
        (Method::GET, format!("/api/orgs/{org}/members")),
        (Method::GET, "/api/credentials".to_owned()),
        (Method::GET, "/api/messages".to_owned()),
        (Method::POST, "/api/ws/ticket".to_owned()),
        (Method::GET, "/api/queues".to_owned()),
        (Method::GET, "/api/ws".to_owned()),
    ] {
        let answer = key.call(method, &path).send().await;
        answer.problem(403, "api_key_refused");
    }
    let path = format!("/api/orgs/{org}/sites");
    let site = key.post(&path, &json!({ "name": "Hall" })).await;
    site.problem(403, "api_key_refused");
});

for_each_setup!(sockets_are_not_for_api_keys_however_they_come, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let made = ada.made_api_key(&app, &SCOPES).await;
    let token = made.client.token();
    let anybody = app.anonymous();
    let offered = format!("tenon.v1, bearer.{token}");
    let bearer = format!("Bearer {token}");
    for (path, headers) in [
        ("/api/ws".to_owned(), vec![("authorization", bearer.as_str())]),
        ("/api/ws".to_owned(), vec![("sec-websocket-protocol", offered.as_str())]),
        (format!("/api/ws?token={token}"), vec![]),
    ] {
        let refused = anybody.handshake(&path, &headers).await.err().unwrap();
        refused.problem(403, "api_key_refused");
    }
    ada.revoke_api_key(&ada.organization, &made.id).await.expect(204);
    let refused = anybody
        .handshake("/api/ws", &[("authorization", &bearer)])
        .await
        .err()
        .unwrap();
    refused.problem(401, "token_invalid");
});

for_each_setup!(an_api_key_has_a_quota_of_its_own, |setup| {
    let app = setup.options().limits(100, 10).start().await;
    let ada = app.register("ada").await;
    let (one, other) = (
        ada.made_api_key(&app, &["assets:read"]).await.client,
        ada.made_api_key(&app, &["assets:read"]).await.client,
    );
    // Each time from another address, which has a quota too: it is the same key. Whoever counts may change meanwhile.
    let mut refused = 0;
    for _ in 0..100 {
        let elsewhere = app.anonymous().with_token(one.token());
        refused += u32::from(elsewhere.assets("").await.status == 429);
    }
    assert!(refused > 30, "{refused} of 100 were refused");
    other.assets("").await.expect(200);
    ada.me().await.expect(200);
});

for_each_setup!(
    whoever_makes_api_keys_up_is_not_looked_up_for_beyond_their_quota,
    |setup| {
        let app = setup.options().limits(100, 1).start().await;
        let ada = app.register("ada").await;
        let good = ada.made_api_key(&app, &["assets:read"]).await.client;
        let guesser = app.anonymous();
        let guess = async |letter: &str| {
            let made_up = format!("tenon_{}", letter.repeat(43));
            guesser.with_token(&made_up).assets("").await
        };
        let mut letters = ["A", "B", "C", "D", "E", "F", "G", "H"].into_iter();
        guess(letters.next().unwrap()).await.problem(401, "token_invalid");
        // Whoever counts may change meanwhile.
        while guess(letters.next().unwrap()).await.status != 429 {}
        let lucky = guesser.with_token(good.token());
        let answer = lucky.assets("").await;
        assert!([401, 429].contains(&answer.status), "{}", answer.text());
        good.assets("").await.expect(200);
    }
);
