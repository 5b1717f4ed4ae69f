//! Members, invitations, sites and units, and several organizations.

use tenon_tests::app::Setup;

use super::desk::Desk;

story!(
    SqliteAlone,
    somebody_is_invited_accepts_is_promoted_and_removed,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = (app.register("ada").await, app.register("bob").await);
        let mut desk = Desk::open(&app).await;
        desk.sign_in(&ada).await;
        desk.go("/members", "Members").await;
        desk.see("Nobody is invited.").await;
        desk.click("Invite").await;
        desk.fill("Email", &bob.email).await;
        desk.choose("Role", "viewer").await;
        desk.press_at("document.querySelector('dialog[open] button[type=submit]')")
            .await;
        desk.see("it is shown once").await;
        let token = desk
            .wait("document.querySelector('dialog[open] .copyable code').textContent")
            .await;
        desk.click("Done").await;
        desk.see(&bob.email).await;

        let mut second = Desk::open(&app).await;
        second.sign_in(&bob).await;
        second.go("/organizations", "Organizations").await;
        second.click("Accept an invitation").await;
        second.fill("Token", token.as_str().unwrap()).await;
        second.click("Accept").await;
        second.see("You belong to ada's team now, as viewer.").await;
        second.click("Switch to ada's team").await;
        second.at("Overview").await;
        second.see("ada's team · viewer").await;

        desk.reload().await;
        desk.see("1–2 of 2").await;
        desk.see("Nobody is invited.").await;
        desk.click("Change the role of bob").await;
        desk.choose("Role", "admin").await;
        desk.click("Save").await;
        desk.see("bob is admin now.").await;
        let member = ada.member(&ada.organization, &bob.id).await.expect(200).json();
        assert_eq!(member["role"], "admin");
        desk.click("Remove bob").await;
        desk.see("bob loses access within seconds").await;
        desk.click("Remove").await;
        desk.see("bob is no longer a member.").await;
        ada.member(&ada.organization, &bob.id)
            .await
            .problem(404, "member_not_found");

        second.expect_refusal(401);
        second.expect_refusal(404);
        second.leave().await;
        desk.leave().await;
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_withdrawn() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    ada.invite(&ada.organization, "carol@example.org", "admin")
        .await
        .expect(201);
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    desk.go("/members", "Members").await;
    desk.click("Withdraw the invitation of carol@example.org").await;
    desk.see("The token is worthless from then on.").await;
    desk.click("Withdraw").await;
    desk.see("Nobody is invited.").await;
    let left = ada.invitations(&ada.organization).await.expect(200).json();
    assert_eq!(left["items"].as_array().unwrap().len(), 0);
    desk.leave().await;
}

story!(SqliteAlone, sites_and_units_are_made_renamed_and_deleted, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    desk.go("/places", "Sites and units").await;
    desk.see("There are no sites yet.").await;
    desk.click("New site").await;
    desk.fill("Name", "North quay").await;
    desk.click("Create").await;
    desk.click("North quay").await;
    desk.see("Units of North quay").await;
    desk.click("New unit").await;
    desk.fill("Name", "Hall 1").await;
    desk.click("Create").await;
    desk.see("Hall 1").await;

    desk.expect_refusal(409);
    desk.click("Delete North quay").await;
    desk.see("A site with units or assets is not deleted").await;
    desk.click("Delete").await;
    desk.wait("document.querySelector('#notices [role=alert] .request-id')")
        .await;
    desk.click("Put this notice away").await;

    desk.click("Rename Hall 1").await;
    desk.fill("Name", "Hall 2").await;
    desk.click("Rename").await;
    desk.see("Hall 2").await;
    desk.click("Delete Hall 2").await;
    desk.see("Delete Hall 2?").await;
    desk.click("Delete").await;
    desk.see("This site has no units yet.").await;
    desk.click("Delete North quay").await;
    desk.see("Delete North quay?").await;
    desk.click("Delete").await;
    desk.see("There are no sites yet.").await;
    let left = ada.sites(&ada.organization).await.expect(200).json();
    assert_eq!(left["items"].as_array().unwrap().len(), 0);
    desk.leave().await;
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_is_made_entered_renamed_and_deleted() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    desk.go("/organizations", "Organizations").await;
    desk.click("New organization").await;
    desk.fill("Name", "Second harbor").await;
    desk.click("Create").await;
    desk.click("Switch to Second harbor").await;
    desk.at("Overview").await;
    desk.see("Second harbor · owner").await;
    desk.go("/organizations", "Organizations").await;
    desk.click("Rename Second harbor").await;
    desk.fill("Name", "Third harbor").await;
    desk.click("Rename").await;
    desk.see("Third harbor · owner").await;
    desk.click("Delete Third harbor").await;
    desk.see("nothing brings them back").await;
    desk.click("Delete").await;
    desk.at("Sign in").await;
    desk.see("The organization is deleted.").await;
    let left = ada.organizations().await.expect(200).json();
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    desk.leave().await;
}
