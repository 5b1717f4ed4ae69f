//! What happened in an organization, as its members read it.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{id, is_id, is_stamp};
use tenon_tests::for_each_setup;
use tenon_tests::waiting::until_ok;

/// Far more than it takes until a room is told.
const PATIENCE: Duration = Duration::from_secs(20);

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["event"].as_str().unwrap()).collect()
}

for_each_setup!(the_feed_has_every_change_with_who_did_it, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = ada.organization.clone();
    let site = ada.made_site(&org, "North").await;
    let unit = ada.made_unit(&org, &site, "Hall").await;
    let bob = ada.take_in(&app.register("bob").await, "member").await;
    let asset = id(&bob
        .create_asset(&json!({ "title": "Pump", "siteId": site }))
        .await
        .expect(201)
        .json());
    ada.change_asset(&asset, "*", &json!({ "unitId": unit }))
        .await
        .expect(200);
    bob.delete_asset(&asset, "*").await.expect(204);
    ada.change_role(&org, &bob.id, "*", "viewer").await.expect(200);
    ada.rename_organization(&org, "*", "Renamed").await.expect(200);
    ada.remove_member(&org, &bob.id, "*").await.expect(204);
    ada.rename_unit(&org, &unit, "*", "Yard").await.expect(200);
    ada.delete_unit(&org, &unit, "*").await.expect(204);
    ada.rename_site(&org, &site, "*", "South").await.expect(200);
    ada.delete_site(&org, &site, "*").await.expect(204);

    let mut items = ada.all(&format!("/api/orgs/{org}/activity?limit=2")).await;
    items.reverse();
    assert_eq!(
        names(&items),
        [
            "site.created",
            "unit.created",
            "member.added",
            "asset.created",
            "asset.updated",
            "asset.deleted",
            "member.updated",
            "organization.updated",
            "member.removed",
            "unit.updated",
            "unit.deleted",
            "site.updated",
            "site.deleted"
        ]
    );
    for item in &items {
        assert!(
            is_id(item["id"].as_str().unwrap()) && is_stamp(item["at"].as_str().unwrap()),
            "{item}"
        );
    }
    let by: Vec<&Value> = items.iter().map(|item| &item["by"]).collect();
    assert_eq!((by[2], by[3], by[4]), (&json!(bob.id), &json!(bob.id), &json!(ada.id)));
    assert_eq!(items[2]["member"], json!({ "userId": bob.id, "role": "member" }));
    let of = |version: u32, unit: &Value| json!({ "id": asset, "ownerId": bob.id, "version": version, "siteId": site, "unitId": unit });
    assert_eq!(items[3]["asset"], of(1, &Value::Null));
    let mut moved = of(2, &json!(unit));
    moved["left"] = json!({ "siteId": site, "unitId": null });
    assert_eq!(items[4]["asset"], moved);
    assert_eq!(items[5]["asset"], of(2, &json!(unit)));
    assert_eq!(items[7]["organization"], json!({ "version": 2 }));
    assert_eq!(items[9]["unit"], json!({ "id": unit, "siteId": site, "version": 2 }));
    assert_eq!(items[12]["site"], json!({ "id": site, "version": 2 }));
});

for_each_setup!(pages_of_the_feed_stay_in_place_while_more_happens, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = ada.organization.clone();
    for number in 0..5 {
        ada.made_asset(&format!("Pump {number}")).await;
    }
    let first = ada.activity(&org, "?limit=2&count=true").await.expect(200).json();
    assert_eq!(first["total"], 5);
    ada.made_asset("Later").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = ada
        .activity(&org, &format!("?limit=100&cursor={cursor}"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (second["items"].as_array().unwrap().len(), &second["nextCursor"]),
        (3, &Value::Null)
    );
    ada.get(&format!("/api/orgs/{org}/members?cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
    let eve = app.register("eve").await;
    eve.activity(&eve.organization, &format!("?cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
    eve.activity(&org, "").await.problem(404, "organization_not_found");
});

for_each_setup!(the_room_hears_the_same_items_as_the_feed_has, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    for number in 0..3 {
        ada.made_asset(&format!("Pump {number}")).await;
    }
    let items = ada.activity(&ada.organization, "").await.expect(200).json()["items"].clone();
    let heard = until_ok("the room is told of all", PATIENCE, async || {
        let history = ada.history(&ada.room(), "?limit=3").await.expect(200).json();
        let events = history["events"].as_array().unwrap();
        if events.len() == 3 {
            Ok(events.clone())
        } else {
            Err(history.to_string())
        }
    })
    .await;
    for (item, event) in items.as_array().unwrap().iter().rev().zip(&heard) {
        assert_eq!(&event["data"], item);
        assert_eq!(
            (&event["event"], &event["at"], &event["from"]),
            (&item["event"], &item["at"], &item["by"])
        );
    }
});
