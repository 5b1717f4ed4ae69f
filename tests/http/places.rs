//! Sites and units.

use serde_json::json;
use tenon_tests::app::id;
use tenon_tests::for_each_setup;

for_each_setup!(sites_and_units_are_created_read_renamed_and_deleted, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let answer = ada.create_site(org, "North").await.expect(201);
    let site = id(&answer.json());
    assert_eq!(answer.header("location"), format!("/api/orgs/{org}/sites/{site}"));
    assert_eq!(ada.site(org, &site).await.expect(200).json(), answer.json());
    let renamed = ada.rename_site(org, &site, &answer.etag(), "South").await.expect(200);
    assert_eq!(
        (renamed.etag().as_str(), &renamed.json()["name"]),
        ("\"v2\"", &json!("South"))
    );
    let answer = ada.create_unit(org, &site, "Hall").await.expect(201);
    let unit = id(&answer.json());
    assert_eq!(answer.header("location"), format!("/api/orgs/{org}/units/{unit}"));
    assert_eq!(
        (&answer.json()["siteId"], &answer.json()["organizationId"]),
        (&json!(site), &json!(org))
    );
    assert_eq!(ada.unit(org, &unit).await.expect(200).json(), answer.json());
    let renamed = ada.rename_unit(org, &unit, "\"v1\"", "Yard").await.expect(200);
    ada.delete_site(org, &site, "\"v2\"").await.problem(409, "site_in_use");
    ada.delete_unit(org, &unit, "\"v1\"")
        .await
        .problem(412, "version_mismatch");
    ada.delete_unit(org, &unit, &renamed.etag()).await.expect(204);
    ada.unit(org, &unit).await.problem(404, "unit_not_found");
    ada.delete_site(org, &site, "\"v2\"").await.expect(204);
    ada.site(org, &site).await.problem(404, "site_not_found");
    ada.delete_site(org, &site, "*").await.problem(404, "site_not_found");
});

for_each_setup!(places_with_assets_in_them_stay, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let site = ada.made_site(org, "North").await;
    let unit = ada.made_unit(org, &site, "Hall").await;
    let asset = ada
        .create_asset(&json!({ "title": "Pump", "siteId": site, "unitId": unit }))
        .await
        .expect(201);
    let asset = id(&asset.json());
    ada.delete_unit(org, &unit, "*").await.problem(409, "unit_in_use");
    ada.delete_site(org, &site, "*").await.problem(409, "site_in_use");
    ada.change_asset(&asset, "*", &json!({ "unitId": null }))
        .await
        .expect(200);
    ada.delete_unit(org, &unit, "*").await.expect(204);
    ada.delete_site(org, &site, "*").await.problem(409, "site_in_use");
    ada.delete_asset(&asset, "*").await.expect(204);
    ada.delete_site(org, &site, "*").await.expect(204);
});

for_each_setup!(a_unit_needs_a_site_of_its_organization, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let site = ada.made_site(&ada.organization, "North").await;
    let problem = eve
        .create_unit(&eve.organization, &site, "Mine")
        .await
        .problem(400, "validation_failed");
    assert_eq!(problem.fields, [("siteId".to_owned(), "not_found".to_owned())]);
    eve.create_unit(&ada.organization, &site, "Mine")
        .await
        .problem(404, "organization_not_found");
    assert_eq!(ada.all(&format!("/api/orgs/{}/units", ada.organization)).await.len(), 0);
});

for_each_setup!(units_are_listed_by_site_and_sites_page_by_page, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    let (north, south) = (ada.made_site(org, "North").await, ada.made_site(org, "South").await);
    let mut halls = Vec::new();
    for number in 0..5 {
        halls.push(ada.made_unit(org, &north, &format!("Hall {number}")).await);
        ada.made_unit(org, &south, &format!("Yard {number}")).await;
    }
    let listed = ada.all(&format!("/api/orgs/{org}/units?siteId={north}&limit=2")).await;
    assert_eq!(listed.iter().map(id).collect::<Vec<_>>(), halls);
    assert_eq!(ada.all(&format!("/api/orgs/{org}/units?limit=3")).await.len(), 10);
    let counted = ada
        .page(&format!("/api/orgs/{org}/units?siteId={south}&limit=1&count=true"))
        .await;
    assert_eq!(counted.total, Some(5));
    let cursor = counted.next.unwrap();
    let other = ada
        .get(&format!("/api/orgs/{org}/units?siteId={north}&cursor={cursor}"))
        .await;
    other.problem(400, "invalid_cursor");
    assert_eq!(ada.all(&format!("/api/orgs/{org}/sites?limit=1")).await.len(), 2);
});
