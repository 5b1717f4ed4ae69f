//! Organizations: their life, and who may do what in them.

use serde_json::json;
use tenon_tests::app::{Person, TestApp, id, is_id};
use tenon_tests::for_each_setup;

/// An organization with somebody in every role.
pub struct Company {
    pub owner: Person,
    pub admin: Person,
    pub member: Person,
    pub viewer: Person,
}

impl Company {
    pub async fn found(app: &TestApp) -> Self {
        Self::found_with(app, "ada").await
    }

    /// With this name in everybody's address.
    pub async fn found_with(app: &TestApp, name: &str) -> Self {
        let owner = app.register(name).await;
        let mut people = Vec::new();
        for role in ["admin", "member", "viewer"] {
            people.push(owner.take_in(&app.register(name).await, role).await);
        }
        let [admin, member, viewer] = people.try_into().unwrap();
        Self {
            owner,
            admin,
            member,
            viewer,
        }
    }

    pub fn org(&self) -> &str {
        &self.owner.organization
    }
}

for_each_setup!(an_organization_is_created_read_renamed_and_deleted, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let made = ada.create_organization("Engines").await.expect(201);
    let engines = id(&made.json());
    assert_eq!(made.header("location"), format!("/api/orgs/{engines}"));
    assert_eq!(made.etag(), "\"v1\"");
    assert!(is_id(&engines));
    ada.organization(&engines).await.problem(404, "organization_not_found");
    let there = ada.switched_to(&engines).await;
    assert_eq!(there.organization(&engines).await.expect(200).json(), made.json());
    let renamed = there
        .rename_organization(&engines, "\"v1\"", "Analytical Engines")
        .await
        .expect(200);
    assert_eq!(
        (renamed.etag().as_str(), &renamed.json()["name"]),
        ("\"v2\"", &json!("Analytical Engines"))
    );
    let listed = ada.all("/api/orgs?limit=1").await;
    let roles: Vec<_> = listed
        .iter()
        .map(|item| (item["id"].as_str().unwrap(), item["role"].as_str().unwrap()))
        .collect();
    assert_eq!(
        roles,
        [(ada.organization.as_str(), "owner"), (engines.as_str(), "owner")]
    );
    there
        .delete_organization(&engines, "\"v1\"")
        .await
        .problem(412, "version_mismatch");
    there.delete_organization(&engines, "\"v2\"").await.expect(204);
    there.me().await.problem(401, "token_invalid");
    let back = ada.refreshed().await;
    assert_eq!(back.organization, ada.organization);
    back.switch(&engines).await.problem(404, "organization_not_found");
    assert_eq!(back.all("/api/orgs").await.len(), 1);
});

for_each_setup!(whoever_loses_their_last_organization_gets_one_of_their_own, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    ada.delete_organization(&ada.organization, "*").await.expect(204);
    let again = ada.refreshed().await;
    assert_ne!(again.organization, ada.organization);
    assert_eq!(again.me().await.expect(200).json()["role"], "owner");
});

for_each_setup!(deleting_an_organization_takes_what_is_in_it_and_nothing_else, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let (owner, member) = (&company.owner, &company.member);
    let site = owner.made_site(company.org(), "North").await;
    let unit = owner.made_unit(company.org(), &site, "Hall").await;
    member
        .create_asset(&json!({ "title": "Pump", "siteId": site, "unitId": unit }))
        .await
        .expect(201);
    owner
        .invite(company.org(), "new@example.org", "member")
        .await
        .expect(201);
    let eve = app.register("eve").await;
    let kept = eve.made_asset("Kept").await;
    for person in [&company.admin, member, &company.viewer] {
        person
            .delete_organization(company.org(), "*")
            .await
            .problem(403, "insufficient_role");
    }
    owner.delete_organization(company.org(), "*").await.expect(204);
    for person in [owner, &company.admin, member, &company.viewer] {
        person.assets("").await.problem(401, "token_invalid");
        assert_ne!(person.refreshed().await.organization, company.org());
    }
    eve.asset(&kept).await.expect(200);
});

for_each_setup!(roles_decide_who_renames_and_who_manages_places, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let site = company.owner.made_site(company.org(), "North").await;
    for person in [&company.member, &company.viewer] {
        person.organization(company.org()).await.expect(200);
        person
            .rename_organization(company.org(), "*", "Mine")
            .await
            .problem(403, "insufficient_role");
        person
            .create_site(company.org(), "Mine")
            .await
            .problem(403, "insufficient_role");
        person
            .rename_site(company.org(), &site, "*", "Mine")
            .await
            .problem(403, "insufficient_role");
        person
            .delete_site(company.org(), &site, "*")
            .await
            .problem(403, "insufficient_role");
        person
            .create_unit(company.org(), &site, "Mine")
            .await
            .problem(403, "insufficient_role");
        person
            .invitations(company.org())
            .await
            .problem(403, "insufficient_role");
        person.site(company.org(), &site).await.expect(200);
        person.sites(company.org()).await.expect(200);
        person.members(company.org()).await.expect(200);
    }
    company
        .admin
        .rename_organization(company.org(), "\"v1\"", "Ours")
        .await
        .expect(200);
    company.admin.made_unit(company.org(), &site, "Hall").await;
});

for_each_setup!(the_operator_reads_organizations_and_changes_none, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let operator = app.operator().await;
    let all = operator.all("/api/orgs?limit=100").await;
    assert!(
        all.iter()
            .any(|item| item["id"] == json!(ada.organization) && item.get("role").is_none())
    );
    operator.organization(&ada.organization).await.expect(200);
    operator
        .rename_organization(&ada.organization, "*", "Mine")
        .await
        .problem(403, "organization_required");
    operator
        .delete_organization(&ada.organization, "*")
        .await
        .problem(403, "organization_required");
    operator
        .create_organization("Mine")
        .await
        .problem(403, "organization_required");
    operator
        .members(&ada.organization)
        .await
        .problem(403, "organization_required");
});
