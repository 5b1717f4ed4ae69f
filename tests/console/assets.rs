//! Assets: found, made, changed by two at once.

use serde_json::json;
use tenon_tests::app::{Person, Setup, TestApp};

use super::desk::Desk;

async fn begin(app: &TestApp) -> (Person, Desk) {
    let ada = app.register("ada").await;
    let mut desk = Desk::open(app).await;
    desk.sign_in(&ada).await;
    (ada, desk)
}

story!(SqliteAlone, an_asset_is_made_changed_and_deleted, |setup| {
    let app = setup.start().await;
    let (ada, mut desk) = begin(&app).await;
    desk.go("/assets", "Assets").await;
    desk.see("No asset fits.").await;
    desk.click("New asset").await;
    desk.fill("Title", "Main pump").await;
    desk.choose("State", "draft").await;
    desk.fill("Category", "pumps").await;
    desk.fill("Tags", "cooling, quay").await;
    desk.fill("Value", "1250.5").await;
    desk.fill("Currency", "EUR").await;
    desk.fill("Attributes", "{\"kW\": 7.5}").await;
    desk.click("Create").await;
    desk.at("Main pump").await;

    let found = ada.assets("").await.expect(200).json();
    let asset = &found["items"][0];
    assert_eq!(
        (&asset["status"], &asset["category"]),
        (&json!("draft"), &json!("pumps"))
    );
    assert_eq!(asset["tags"], json!(["cooling", "quay"]));
    assert_eq!(asset["value"], json!({ "amount": 125_050, "currency": "EUR" }));
    assert_eq!(asset["attributes"], json!({ "kW": 7.5 }));

    desk.fill("Title", "Main pump, overhauled").await;
    desk.choose("State", "active").await;
    desk.click("Save").await;
    desk.see("Saved as version 2.").await;
    desk.at("Main pump, overhauled").await;
    let id = asset["id"].as_str().unwrap();
    assert_eq!(ada.asset(id).await.expect(200).json()["status"], "active");

    desk.click("Delete").await;
    desk.see("will be gone for everybody").await;
    desk.click("Delete").await;
    desk.at("Assets").await;
    desk.see("No asset fits.").await;
    desk.expect_refusal(404);
    ada.asset(id).await.problem(404, "asset_not_found");
    desk.leave().await;
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_has_against_a_field_is_told_at_the_field() {
    let app = Setup::SqliteAlone.start().await;
    let (_, mut desk) = begin(&app).await;
    desk.expect_refusal(400);
    desk.go("/assets", "Assets").await;
    desk.click("New asset").await;
    desk.fill("Title", "Crane").await;
    desk.fill("Value", "12").await;
    desk.fill("Currency", "E").await;
    desk.click("Create").await;
    desk.see("Must be three letters, such as EUR.").await;
    desk.fill("Currency", "EUR").await;
    desk.fill("Tags", &"x".repeat(200)).await;
    desk.click("Create").await;
    let told = "document.querySelector('dialog [name=tags][aria-invalid]')?.getAttribute('aria-describedby')\
                ?.split(' ').some((id) => document.getElementById(id).classList.contains('field-fault'))";
    desk.wait(told).await;
    desk.wait("document.querySelector('dialog .request-id')").await;
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assets_are_searched_filtered_and_paged_and_the_address_says_how() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    for number in 0..45 {
        let category = if number % 2 == 0 { "pumps" } else { "cranes" };
        let body = json!({ "title": format!("Device {number:02}"), "category": category });
        ada.create_asset(&body).await.expect(201);
    }
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    desk.go("/assets", "Assets").await;
    desk.see("1–20 of 45").await;
    desk.click("Next page of Assets").await;
    desk.see("21–40 of 45").await;
    desk.click("Next page of Assets").await;
    desk.see("41–45 of 45").await;
    desk.see("Device 00").await;
    desk.click("Previous page of Assets").await;
    desk.see("21–40 of 45").await;

    desk.fill("Category", "cranes").await;
    desk.see("of 22").await;
    desk.fill("Search", "device 17").await;
    desk.see("1–1 of 1").await;
    desk.see("Device 17").await;
    desk.wait("location.hash === '#/assets?q=device+17&category=cranes'")
        .await;
    desk.reload().await;
    desk.see("1–1 of 1").await;
    desk.click("Device 17").await;
    desk.at("Device 17").await;
    desk.leave().await;
}

/// Ada has an asset open, and somebody else has changed it meanwhile.
async fn disputed(app: &TestApp) -> (Person, Desk, String) {
    let (ada, mut desk) = begin(app).await;
    let made = json!({ "title": "Main pump", "category": "pumps", "description": "Feeds the ring line." });
    let asset = ada.create_asset(&made).await.expect(201).json();
    let id = asset["id"].as_str().unwrap().to_owned();
    desk.go(&format!("/assets/{id}"), "Main pump").await;
    let theirs = json!({ "title": "Pump of hall 2", "status": "archived" });
    ada.change_asset(&id, "\"v1\"", &theirs).await.expect(200);
    desk.expect_refusal(412);
    desk.fill("Title", "Pump one").await;
    desk.fill("Description", "Feeds the ring line and hall 3.").await;
    desk.click("Save").await;
    desk.see("Somebody has changed it meanwhile").await;
    desk.see("It is at version 2 now; you began with version 1.").await;
    desk.see("Pump of hall 2").await;
    (ada, desk, id)
}

story!(
    SqliteAlone,
    a_change_that_somebody_else_was_faster_with_is_shown_beside_theirs,
    |setup| {
        let app = setup.start().await;
        let (ada, mut desk, id) = disputed(&app).await;
        desk.see("Theirs besides: state.").await;
        desk.keep_picture("conflict.png").await;
        desk.press_at("desk.choice('Title: theirs')").await;
        desk.click("Save").await;
        desk.see("Saved as version 3.").await;
        let asset = ada.asset(&id).await.expect(200).json();
        assert_eq!(
            (&asset["title"], &asset["status"]),
            (&json!("Pump of hall 2"), &json!("archived"))
        );
        assert_eq!(asset["description"], "Feeds the ring line and hall 3.");
        desk.leave().await;
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_may_be_left_to_theirs_or_won_by_mine() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, mut desk, id) = disputed(&app).await;
    desk.click("Take theirs").await;
    desk.at("Pump of hall 2").await;
    assert_eq!(ada.asset(&id).await.expect(200).json()["version"], 2);
    desk.leave().await;

    let (ada, mut desk, id) = disputed(&app).await;
    desk.click("Save").await;
    desk.see("Saved as version 3.").await;
    let asset = ada.asset(&id).await.expect(200).json();
    assert_eq!(
        (&asset["title"], &asset["status"]),
        (&json!("Pump one"), &json!("archived"))
    );
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_reads_and_is_offered_nothing_to_change() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, vera) = (app.register("ada").await, app.register("vera").await);
    let site = ada.made_site(&ada.organization, "North quay").await;
    let pump = json!({ "title": "Main pump", "siteId": site });
    let member = ada.take_in(&vera, "member").await;
    member.create_asset(&pump).await.expect(201);
    ada.change_role(&ada.organization, &vera.id, "*", "viewer")
        .await
        .expect(200);
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&vera).await;
    desk.see("ada's team · viewer").await;
    desk.go("/assets", "Assets").await;
    let offered = "[...document.querySelectorAll('main button')].filter(desk.seen).map(desk.name).join()";
    assert_eq!(desk.browser.evaluate(offered).await, "");
    let pages = "[...document.querySelectorAll('nav a')].map(desk.name).join()";
    let pages = desk.browser.evaluate(pages).await;
    assert!(!pages.as_str().unwrap().contains("API keys"), "{pages}");
    desk.click("Main pump").await;
    desk.at("Main pump").await;
    let site = "desk.control('Site').selectedOptions[0].textContent";
    assert_eq!(desk.browser.evaluate(site).await, "North quay");
    let open = "[...document.querySelectorAll('#main :is(input, select, textarea, button)')].filter((one) => !one.disabled).length";
    assert_eq!(desk.browser.evaluate(open).await, 0);
    desk.leave().await;
}
