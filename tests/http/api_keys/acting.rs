use serde_json::json;
use tenon_tests::app::{SCOPES, id};
use tenon_tests::for_each_setup;

for_each_setup!(what_an_api_key_does_is_done_in_the_name_of_whoever_made_it, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let made = ada.made_api_key(&app, &SCOPES).await;
    let key = &made.client;
    let asset = key.create_asset(&json!({ "title": "Pump" })).await.expect(201);
    let (asset, etag) = (asset.json(), asset.etag());
    assert_eq!(asset["ownerId"], ada.id.as_str());
    let asset = id(&asset);
    let changed = key.change_asset(&asset, &etag, &json!({ "title": "Main pump" })).await;
    let etag = changed.expect(200).etag();
    key.delete_asset(&asset, &etag).await.expect(204);
    ada.create_asset(&json!({ "title": "Own" })).await.expect(201);

    let page = ada.activity(org, "?limit=4").await.expect(200).json();
    let items = page["items"].as_array().unwrap();
    let told: Vec<_> = items
        .iter()
        .map(|item| (item["event"].as_str().unwrap(), item.get("apiKey")))
        .collect();
    let by_key = Some(json!(made.id));
    assert_eq!(
        told,
        [
            ("asset.created", None),
            ("asset.deleted", by_key.as_ref()),
            ("asset.updated", by_key.as_ref()),
            ("asset.created", by_key.as_ref()),
        ]
    );
    assert!(items.iter().all(|item| item["by"] == ada.id.as_str()));
    ada.all_told().await;
    let history = ada.history(&ada.room(), "?limit=4").await.expect(200).json();
    let heard: Vec<_> = history["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["data"].clone())
        .collect();
    let mut listed = items.clone();
    listed.reverse();
    assert_eq!(heard, listed);

    let emitted = key.emit(org, "door.opened", &json!({ "door": 7 })).await;
    emitted.expect(200);
    let latest = key.history(&ada.room(), "?limit=1").await.expect(200).json();
    assert_eq!(
        (&latest["events"][0]["event"], &latest["events"][0]["from"]),
        (&json!("door.opened"), &json!(ada.id))
    );
});

for_each_setup!(an_api_key_repeats_its_own_requests_and_nobody_elses, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let (one, other) = (
        ada.made_api_key(&app, &["assets:write"]).await.client,
        ada.made_api_key(&app, &["assets:write"]).await.client,
    );
    let body = json!({ "title": "Pump" });
    let first = one.post_once("/api/assets", "key", &body).await.expect(201).json();
    let again = one.post_once("/api/assets", "key", &body).await.expect(201);
    assert_eq!(
        (again.json(), again.header("idempotent-replayed")),
        (first.clone(), "true")
    );
    for others in [&other, &*ada] {
        let made = others.post_once("/api/assets", "key", &body).await.expect(201).json();
        assert_ne!(made["id"], first["id"]);
    }
});
