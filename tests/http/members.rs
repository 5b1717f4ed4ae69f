//! Members: roles, leaving, and the last owner.

use serde_json::json;
use tenon_tests::for_each_setup;
use tenon_tests::race::{race, runner};

use crate::organizations::Company;

for_each_setup!(members_are_listed_with_name_address_and_role, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let listed = company
        .viewer
        .all(&format!("/api/orgs/{}/members?limit=2", company.org()))
        .await;
    let people = [&company.owner, &company.admin, &company.member, &company.viewer];
    let expected: Vec<_> = people.iter().map(|person| json!([person.id, person.email])).collect();
    let found: Vec<_> = listed
        .iter()
        .map(|item| json!([item["userId"], item["email"]]))
        .collect();
    assert_eq!(found, expected);
    let roles: Vec<&str> = listed.iter().map(|item| item["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["owner", "admin", "member", "viewer"]);
    let one = company
        .viewer
        .member(company.org(), &company.admin.id)
        .await
        .expect(200);
    assert_eq!((one.etag().as_str(), &one.json()), ("\"v1\"", &listed[1]));
    let stranger = app.register("eve").await;
    company
        .owner
        .member(company.org(), &stranger.id)
        .await
        .problem(404, "member_not_found");
    stranger
        .members(company.org())
        .await
        .problem(404, "organization_not_found");
});

for_each_setup!(a_changed_role_kills_the_tokens_that_say_the_old_one, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let member = &company.member;
    let changed = company
        .admin
        .change_role(company.org(), &member.id, "\"v1\"", "viewer")
        .await
        .expect(200);
    assert_eq!(
        (changed.etag().as_str(), &changed.json()["role"]),
        ("\"v2\"", &json!("viewer"))
    );
    member
        .create_asset(&json!({ "title": "Pump" }))
        .await
        .problem(401, "token_invalid");
    let again = member.refreshed().await;
    assert_eq!(again.me().await.json()["role"], "viewer");
    again
        .create_asset(&json!({ "title": "Pump" }))
        .await
        .problem(403, "insufficient_role");
    let stale = company
        .admin
        .change_role(company.org(), &member.id, "\"v1\"", "admin")
        .await;
    stale.problem(412, "version_mismatch");
});

for_each_setup!(only_owners_make_and_unmake_owners, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let (org, owner, admin) = (company.org(), &company.owner, &company.admin);
    admin
        .change_role(org, &company.member.id, "*", "owner")
        .await
        .problem(403, "insufficient_role");
    admin
        .change_role(org, &owner.id, "*", "member")
        .await
        .problem(403, "insufficient_role");
    admin
        .remove_member(org, &owner.id, "*")
        .await
        .problem(403, "insufficient_role");
    admin
        .change_role(org, &admin.id, "*", "owner")
        .await
        .problem(403, "insufficient_role");
    for person in [&company.member, &company.viewer] {
        person
            .change_role(org, &person.id, "*", "admin")
            .await
            .problem(403, "insufficient_role");
        person
            .remove_member(org, &admin.id, "*")
            .await
            .problem(403, "insufficient_role");
    }
    owner.change_role(org, &admin.id, "*", "owner").await.expect(200);
    let second = admin.refreshed().await;
    second.change_role(org, &owner.id, "*", "member").await.expect(200);
    owner.me().await.problem(401, "token_invalid");
    assert_eq!(owner.refreshed().await.me().await.json()["role"], "member");
    second
        .change_role(org, &company.member.id, "*", "emperor")
        .await
        .problem(400, "validation_failed");
});

for_each_setup!(the_last_owner_stays, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let (org, owner) = (company.org(), &company.owner);
    owner
        .change_role(org, &owner.id, "*", "admin")
        .await
        .problem(409, "last_owner");
    owner
        .remove_member(org, &owner.id, "*")
        .await
        .problem(409, "last_owner");
    owner.me().await.expect(200);
});

for_each_setup!(two_owners_that_leave_at_once_leave_one_behind, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let org = company.org().to_owned();
    company
        .owner
        .change_role(&org, &company.admin.id, "*", "owner")
        .await
        .expect(200);
    let (one, other) = (company.owner.clone(), company.admin.refreshed().await);
    let leave = |person: tenon_tests::app::Person| {
        let org = org.clone();
        runner(async move { person.remove_member(&org, &person.id, "*").await })
    };
    let mut statuses: Vec<u16> = race([leave(one), leave(other)])
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    let listed = app.operator().await.get(&format!("/api/orgs/{org}")).await;
    listed.expect(200);
});

for_each_setup!(everybody_may_leave_and_whoever_left_sees_nothing_more, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let (org, viewer) = (company.org(), &company.viewer);
    viewer.remove_member(org, &viewer.id, "\"v1\"").await.expect(204);
    viewer.assets("").await.problem(401, "token_invalid");
    let again = viewer.refreshed().await;
    assert_ne!(again.organization, org);
    again.switch(org).await.problem(404, "organization_not_found");
    company
        .admin
        .remove_member(org, &company.member.id, "*")
        .await
        .expect(204);
    company
        .admin
        .remove_member(org, &company.member.id, "*")
        .await
        .problem(404, "member_not_found");
    company.member.me().await.problem(401, "token_invalid");
    assert_eq!(company.owner.all(&format!("/api/orgs/{org}/members")).await.len(), 2);
});
