//! Where an asset is: chosen, moved, disputed.

use serde_json::{Value, json};

use super::desk::Desk;

/// What the selection of this label offers, once it offers this.
async fn offers(desk: &mut Desk, label: &str, names: &[&str]) {
    let offered = format!(
        "[...desk.control({}).options].map((option) => option.textContent)",
        json!(label)
    );
    let expected = json!(json!(names).to_string());
    desk.wait(&format!("JSON.stringify({offered}) === {expected}")).await;
}

/// The site and the unit that the server says the asset is in.
fn place(asset: &Value) -> (&Value, &Value) {
    (&asset["siteId"], &asset["unitId"])
}

story!(
    SqliteAlone,
    an_asset_is_at_a_site_and_in_a_unit_of_it_and_a_dispute_names_both,
    |setup| {
        let app = setup.start().await;
        let (ada, eve) = (app.register("ada").await, app.register("eve").await);
        eve.made_site(&eve.organization, "Elsewhere").await;
        let north = ada.made_site(&ada.organization, "North quay").await;
        let south = ada.made_site(&ada.organization, "South quay").await;
        let hall = ada.made_unit(&ada.organization, &north, "Hall").await;
        let yard = ada.made_unit(&ada.organization, &north, "Yard").await;
        let shed = ada.made_unit(&ada.organization, &south, "Shed").await;
        let mut desk = Desk::open(&app).await;
        desk.sign_in(&ada).await;
        desk.go("/assets", "Assets").await;
        desk.click("New asset").await;
        desk.fill("Title", "Main pump").await;
        offers(&mut desk, "Site", &["None", "North quay", "South quay"]).await;
        desk.wait("desk.control('Unit').disabled").await;
        desk.choose("Site", &north).await;
        offers(&mut desk, "Unit", &["None", "Hall", "Yard"]).await;
        desk.choose("Unit", &hall).await;
        desk.click("Create").await;
        desk.at("Main pump").await;
        let made = ada.assets("").await.expect(200).json()["items"][0].clone();
        assert_eq!(place(&made), (&json!(north), &json!(hall)));
        let id = made["id"].as_str().unwrap();

        // A unit of another site is nowhere to be chosen.
        desk.choose("Site", &south).await;
        offers(&mut desk, "Unit", &["None", "Shed"]).await;
        desk.click("Save").await;
        desk.see("Saved as version 2.").await;
        assert_eq!(
            place(&ada.asset(id).await.expect(200).json()),
            (&json!(south), &Value::Null)
        );

        let theirs = json!({ "siteId": south, "unitId": shed });
        ada.change_asset(id, "\"v2\"", &theirs).await.expect(200);
        desk.expect_refusal(412);
        desk.choose("Site", &north).await;
        offers(&mut desk, "Unit", &["None", "Hall", "Yard"]).await;
        desk.choose("Unit", &yard).await;
        desk.click("Save").await;
        desk.see("North quay, Yard").await;
        desk.see("South quay, Shed").await;
        desk.press_at("desk.choice('Site and unit: yours')").await;
        desk.click("Save").await;
        desk.see("Saved as version 4.").await;
        assert_eq!(
            place(&ada.asset(id).await.expect(200).json()),
            (&json!(north), &json!(yard))
        );

        desk.choose("Site", "").await;
        desk.wait("desk.control('Unit').disabled").await;
        desk.click("Save").await;
        desk.see("Saved as version 5.").await;
        assert_eq!(
            place(&ada.asset(id).await.expect(200).json()),
            (&Value::Null, &Value::Null)
        );
        desk.leave().await;
    }
);
