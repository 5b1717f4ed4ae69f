//! Entity tags: If-Match and If-None-Match.

use reqwest::Method;
use serde_json::json;
use tenon_tests::for_each_setup;
use tenon_tests::race::race;

for_each_setup!(
    a_change_without_if_match_is_428_and_a_stale_one_412_with_the_current_tag,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let org = &ada.organization;
        let site = ada.made_site(org, "North").await;
        let unit = ada.made_unit(org, &site, "Hall").await;
        let asset = ada.made_asset("Pump").await;
        let bob = ada.take_in(&app.register("bob").await, "member").await;
        let resources = [
            (format!("/api/assets/{asset}"), json!({ "title": "New" }), true),
            (format!("/api/orgs/{org}/sites/{site}"), json!({ "name": "New" }), true),
            (format!("/api/orgs/{org}/units/{unit}"), json!({ "name": "New" }), true),
            (
                format!("/api/orgs/{org}/members/{}", bob.id),
                json!({ "role": "admin" }),
                true,
            ),
            (format!("/api/orgs/{org}"), json!({ "name": "New" }), true),
            ("/api/auth/me".to_owned(), json!({ "displayName": "New" }), false),
            (
                format!("/api/auth/sessions/{}", ada.session),
                json!({ "name": "New" }),
                false,
            ),
        ];
        for (path, body, deletable) in &resources {
            ada.call(Method::PATCH, path)
                .json(body)
                .send()
                .await
                .problem(428, "precondition_required");
            assert_eq!(ada.get(path).await.expect(200).etag(), "\"v1\"", "{path}");
            let changed = ada.patch(path, "\"v1\"", body).await.expect(200);
            assert_eq!(changed.etag(), "\"v2\"", "{path}");
            let stale = ada.patch(path, "\"v1\"", body).await;
            stale.problem(412, "version_mismatch");
            assert_eq!(stale.etag(), "\"v2\"", "{path}");
            for etag in ["W/\"v2\"", "\"v3\"", "\"v02\"", "\"other\"", "\"v1\", \"v3\""] {
                ada.patch(path, etag, body).await.problem(412, "version_mismatch");
            }
            for etag in ["v2", "2", "\"v2", "", "*, \"v2\""] {
                ada.patch(path, etag, body).await.problem(400, "invalid_if_match");
            }
            ada.patch(path, ", \"v1\",, \"v2\",", body).await.expect(200);
            if *deletable {
                ada.call(Method::DELETE, path)
                    .send()
                    .await
                    .problem(428, "precondition_required");
                let stale = ada.delete(path, "\"v2\"").await;
                stale.problem(412, "version_mismatch");
                assert_eq!(stale.etag(), "\"v3\"");
            }
        }
        for (path, ..) in resources.iter().filter(|(.., deletable)| *deletable) {
            ada.get(path).await.expect(200);
        }
    }
);

for_each_setup!(whoever_has_the_current_version_is_told_304, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let site = ada.made_site(org, "North").await;
    let unit = ada.made_unit(org, &site, "Hall").await;
    let asset = ada.made_asset("Pump").await;
    for path in [
        format!("/api/assets/{asset}"),
        format!("/api/orgs/{org}"),
        format!("/api/orgs/{org}/sites/{site}"),
        format!("/api/orgs/{org}/units/{unit}"),
    ] {
        for etag in ["\"v1\"", "W/\"v1\"", "\"v7\", \"v1\"", "\"v1\",", "*"] {
            let known = ada
                .call(Method::GET, &path)
                .header("if-none-match", etag)
                .send()
                .await
                .expect(304);
            assert!(known.body.is_empty() && known.etag() == "\"v1\"", "{path}");
        }
        let lines = ada.call(Method::GET, &path).header("if-none-match", "\"v7\"");
        lines.header("if-none-match", "\"v1\"").send().await.expect(304);
        for etag in ["\"v2\"", "v1", "\"V1\""] {
            ada.call(Method::GET, &path)
                .header("if-none-match", etag)
                .send()
                .await
                .expect(200);
        }
    }
    let missing = ada
        .call(Method::GET, &format!("/api/assets/{org}"))
        .header("if-none-match", "*")
        .send()
        .await;
    missing.problem(404, "asset_not_found");
});

for_each_setup!(of_changes_that_race_for_one_version_one_wins, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let asset = ada.made_asset("Pump").await;
    for round in 1..4 {
        let racers = (0..12).map(|number| {
            let (ada, asset) = (ada.clone(), asset.clone());
            let body = json!({ "title": format!("Round {round} by {number}") });
            async move { ada.change_asset(&asset, &format!("\"v{round}\""), &body).await }
        });
        let answers = race(racers).await;
        let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(winners.len(), 1);
        assert_eq!(ada.asset(&asset).await.json(), winners[0].json());
        for loser in answers.iter().filter(|answer| answer.status != 200) {
            loser.problem(412, "version_mismatch");
        }
    }
});

for_each_setup!(changes_of_any_version_are_made_however_many_race, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    ada.take_in(&bob, "member").await;
    let asset = format!("/api/assets/{}", ada.made_asset("Pump").await);
    let member = format!("/api/orgs/{}/members/{}", ada.organization, bob.id);
    for (path, body) in [
        (asset, json!({ "title": "Faster" })),
        (member, json!({ "role": "admin" })),
    ] {
        let racers = (0..12).map(|_| {
            let (ada, path, body) = (ada.clone(), path.clone(), body.clone());
            async move { ada.patch(&path, "*", &body).await }
        });
        for answer in race(racers).await {
            answer.expect(200);
        }
        assert_eq!(ada.get(&path).await.expect(200).etag(), "\"v13\"", "{path}");
    }
});
