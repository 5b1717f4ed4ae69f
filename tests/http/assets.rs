//! Assets one by one: what is kept, what changes, and who sees them.

use serde_json::{Value, json};
use tenon_tests::app::{Person, id, is_id, is_stamp};
use tenon_tests::for_each_setup;

use crate::organizations::Company;

async fn made(person: &Person, body: &Value) -> Value {
    person.create_asset(body).await.expect(201).json()
}

for_each_setup!(an_asset_with_every_field_reads_back_as_it_was_made, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let site = ada.made_site(&ada.organization, "North").await;
    let unit = ada.made_unit(&ada.organization, &site, "Hall").await;
    let body = json!({
        "title": "Pümpe \"A\" 🧭", "description": "Two\nlines\tand a tab", "category": "pump", "status": "draft",
        "tags": ["wet", "Ölig"], "attributes": { "b": [1, 2.50, null], "a": { "deep": true } },
        "value": { "amount": -9_007_199_254_740_993_i64, "currency": "EUR" }, "acquiredOn": "2024-02-29",
        "siteId": site, "unitId": unit,
    });
    let answer = ada.create_asset(&body).await.expect(201);
    let asset = answer.json();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&asset[name], value, "{name}");
    }
    assert!(is_id(&id(&asset)) && is_stamp(asset["createdAt"].as_str().unwrap()));
    assert_eq!(
        (&asset["ownerId"], &asset["organizationId"]),
        (&json!(ada.id), &json!(ada.organization))
    );
    assert_eq!(
        (&asset["version"], &asset["createdAt"]),
        (&json!(1), &asset["updatedAt"])
    );
    assert_eq!(asset.as_object().unwrap().len(), body.as_object().unwrap().len() + 6);
    assert_eq!(answer.header("location"), format!("/api/assets/{}", id(&asset)));
    let read = ada.asset(&id(&asset)).await.expect(200);
    assert_eq!((read.json(), read.etag()), (asset, answer.etag()));
});

for_each_setup!(an_asset_with_a_title_alone_gets_the_defaults, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let asset = made(&ada, &json!({ "title": "Pump" })).await;
    let expected = json!({
        "id": asset["id"], "ownerId": ada.id, "organizationId": ada.organization, "siteId": null, "unitId": null,
        "title": "Pump", "description": "", "category": "general", "status": "active", "tags": [], "attributes": {},
        "value": null, "acquiredOn": null, "version": 1, "createdAt": asset["createdAt"], "updatedAt": asset["updatedAt"],
    });
    assert_eq!(asset, expected);
    let nulls = json!({ "title": "Pump", "value": null, "tags": null, "siteId": null, "category": null });
    made(&ada, &nulls).await;
});

for_each_setup!(attributes_come_back_byte_for_byte, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    for attributes in [
        r#"{ "b" : 1e400, "a":"\u0000\ud83e\udded" , "a":2}"#,
        r#"{"number":12345678901234567890.000100}"#,
        "{}",
    ] {
        let body = format!(r#"{{"title":"Pump","attributes":{attributes}}}"#);
        let call = ada.call(reqwest::Method::POST, "/api/assets");
        let answer = call.body("application/json", body).send().await.expect(201);
        assert!(answer.text().contains(attributes), "{}", answer.text());
        let read = ada.get(answer.header("location")).await.expect(200);
        assert_eq!(read.text(), answer.text());
    }
});

for_each_setup!(a_patch_keeps_what_is_missing_and_takes_away_what_is_null, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let site = ada.made_site(&ada.organization, "North").await;
    let unit = ada.made_unit(&ada.organization, &site, "Hall").await;
    let body = json!({
        "title": "Pump", "tags": ["wet"], "value": { "amount": 1, "currency": "EUR" }, "acquiredOn": "2024-01-01",
        "siteId": site, "unitId": unit, "attributes": { "a": 1 },
    });
    let asset = made(&ada, &body).await;
    let asset_id = id(&asset);
    let nothing = ada
        .change_asset(&asset_id, "\"v1\"", &json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&nothing["tags"], &nothing["value"], &nothing["version"]),
        (&asset["tags"], &asset["value"], &json!(2))
    );
    let change = json!({ "value": null, "acquiredOn": null, "unitId": null, "attributes": { "b": 2 } });
    let changed = ada.change_asset(&asset_id, "\"v2\"", &change).await.expect(200).json();
    for name in ["value", "acquiredOn", "unitId"] {
        assert_eq!(changed[name], Value::Null, "{name}");
    }
    assert_eq!(
        (&changed["siteId"], &changed["attributes"]),
        (&json!(site), &json!({ "b": 2 }))
    );
    assert!(changed["updatedAt"].as_str() > asset["updatedAt"].as_str());
    assert_eq!(changed["createdAt"], asset["createdAt"]);
    for name in ["title", "description", "category", "status", "tags", "attributes"] {
        let problem = ada
            .change_asset(&asset_id, "*", &json!({ name: null }))
            .await
            .problem(400, "validation_failed");
        assert_eq!(problem.fields, [(name.to_owned(), "not_nullable".to_owned())]);
    }
    for name in [
        "id",
        "ownerId",
        "organizationId",
        "version",
        "createdAt",
        "updatedAt",
        "attachments",
    ] {
        let problem = ada
            .change_asset(&asset_id, "*", &json!({ name: 1 }))
            .await
            .problem(400, "unknown_field");
        assert_eq!(problem.names(), [name]);
    }
    let moved = ada
        .change_asset(&asset_id, "*", &json!({ "unitId": unit }))
        .await
        .expect(200)
        .json();
    assert_eq!(moved["unitId"], json!(unit));
    let orphaned = ada.change_asset(&asset_id, "*", &json!({ "siteId": null })).await;
    assert_eq!(
        orphaned.problem(400, "validation_failed").fields,
        [("unitId".to_owned(), "site_required".to_owned())]
    );
    let merge = ada
        .call(reqwest::Method::PATCH, &format!("/api/assets/{asset_id}"))
        .header("if-match", "*");
    merge
        .body("application/merge-patch+json", r#"{"title":"Merged"}"#)
        .send()
        .await
        .expect(200);
});

for_each_setup!(places_of_another_organization_do_not_exist, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let site = ada.made_site(&ada.organization, "North").await;
    let unit = ada.made_unit(&ada.organization, &site, "Hall").await;
    let own = eve.made_site(&eve.organization, "East").await;
    let asset = eve.made_asset("Pump").await;
    for (body, field) in [
        (json!({ "siteId": site }), "siteId"),
        (json!({ "siteId": site, "unitId": unit }), "siteId"),
        (json!({ "siteId": own, "unitId": unit }), "unitId"),
        (json!({ "siteId": eve.id }), "siteId"),
    ] {
        let change = eve
            .change_asset(&asset, "*", &body)
            .await
            .problem(400, "validation_failed");
        assert_eq!(change.fields, [(field.to_owned(), "not_found".to_owned())], "{body}");
        let mut draft = body.clone();
        draft["title"] = json!("Pump");
        let create = eve.create_asset(&draft).await.problem(400, "validation_failed");
        assert_eq!(create.fields, change.fields);
    }
    let without = eve
        .create_asset(&json!({ "title": "Pump", "unitId": unit }))
        .await
        .problem(400, "validation_failed");
    assert_eq!(without.fields, [("unitId".to_owned(), "site_required".to_owned())]);
    assert_eq!(eve.all("/api/assets").await.len(), 1);
});

for_each_setup!(a_deleted_asset_is_gone, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let asset = ada.made_asset("Pump").await;
    let gone = ada.delete_asset(&asset, "\"v1\"").await.expect(204);
    assert!(gone.body.is_empty());
    ada.asset(&asset).await.problem(404, "asset_not_found");
    ada.delete_asset(&asset, "*").await.problem(404, "asset_not_found");
    ada.change_asset(&asset, "*", &json!({ "title": "Ghost" }))
        .await
        .problem(404, "asset_not_found");
    assert_eq!(ada.page("/api/assets?q=pump&count=true").await.total, Some(0));
});

for_each_setup!(
    members_see_their_own_and_admins_see_all_and_viewers_change_nothing,
    |setup| {
        let app = setup.start().await;
        let company = Company::found(&app).await;
        let (own, other) = (
            company.member.made_asset("Mine").await,
            company.admin.made_asset("Theirs").await,
        );
        let count = async |person: &Person| person.all("/api/assets").await.len();
        let counts = [
            count(&company.owner).await,
            count(&company.admin).await,
            count(&company.member).await,
            count(&company.viewer).await,
        ];
        assert_eq!(counts, [2, 2, 1, 0]);
        company.member.asset(&other).await.problem(404, "asset_not_found");
        company
            .member
            .change_asset(&other, "*", &json!({ "title": "x" }))
            .await
            .problem(404, "asset_not_found");
        company
            .member
            .delete_asset(&other, "*")
            .await
            .problem(404, "asset_not_found");
        company.viewer.asset(&own).await.problem(404, "asset_not_found");
        for (asset, title) in [(&own, "Mine too"), (&other, "Theirs too")] {
            company
                .admin
                .change_asset(asset, "*", &json!({ "title": title }))
                .await
                .expect(200);
            company.owner.asset(asset).await.expect(200);
        }
        company
            .viewer
            .create_asset(&json!({ "title": "x" }))
            .await
            .problem(403, "insufficient_role");
        company
            .viewer
            .change_asset(&own, "*", &json!({ "title": "x" }))
            .await
            .problem(403, "insufficient_role");
        company
            .viewer
            .delete_asset(&own, "*")
            .await
            .problem(403, "insufficient_role");
        company
            .admin
            .change_role(company.org(), &company.member.id, "*", "viewer")
            .await
            .expect(200);
        let demoted = company.member.refreshed().await;
        assert_eq!(demoted.asset(&own).await.expect(200).json()["title"], "Mine too");
        demoted.delete_asset(&own, "*").await.problem(403, "insufficient_role");
    }
);

for_each_setup!(every_field_at_its_limit_is_kept_and_past_it_refused, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let tags: Vec<String> = (0..32).map(|number| format!("tag {number}")).collect();
    let largest = json!({
        "title": "\u{1f9ed}".repeat(200), "description": "d".repeat(10_000), "category": "c".repeat(100), "tags": tags,
        "attributes": { "a": "x".repeat(16 * 1024 - 8) }, "value": { "amount": i64::MAX, "currency": "JPY" },
    });
    let asset = made(&ada, &largest).await;
    assert_eq!(
        (&asset["title"], &asset["value"]),
        (&largest["title"], &largest["value"])
    );
    let too_many: Vec<String> = (0..33).map(|number| format!("tag {number}")).collect();
    for (name, value, code) in [
        ("title", json!("t".repeat(201)), "too_long"),
        ("title", json!("  "), "required"),
        ("title", json!("a\nb"), "invalid_characters"),
        ("description", json!("d".repeat(10_001)), "too_long"),
        ("category", json!(""), "required"),
        ("status", json!("sold"), "unknown_value"),
        ("tags", json!(too_many), "too_many"),
        ("tags", json!(["a", "a"]), "duplicate"),
        ("attributes", json!([]), "not_an_object"),
        ("attributes", json!({ "a": "x".repeat(16 * 1024 - 7) }), "too_long"),
        ("value", json!({ "amount": 1, "currency": "eur" }), "invalid_currency"),
        ("acquiredOn", json!("2023-02-29"), "invalid_date"),
        ("siteId", json!("north"), "invalid_id"),
    ] {
        let mut body = json!({ "title": "Pump" });
        body[name] = value;
        let problem = ada.create_asset(&body).await.problem(400, "validation_failed");
        assert!(
            problem.fields[0].0.starts_with(name) && problem.fields[0].1 == code,
            "{name}: {:?}",
            problem.fields
        );
    }
});
