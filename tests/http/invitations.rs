//! Invitations into an organization.

use serde_json::json;
use tenon_tests::app::{Setup, address, id};
use tenon_tests::databases::psql;
use tenon_tests::for_each_setup;
use tenon_tests::race::race;

use crate::organizations::Company;

for_each_setup!(an_invitation_shows_its_token_once_and_works_once, |setup| {
    let app = setup.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let org = &ada.organization;
    let answer = ada.invite(org, &bob.email.to_uppercase(), "member").await.expect(201);
    let made = answer.json();
    assert_eq!(
        answer.header("location"),
        format!("/api/orgs/{org}/invitations/{}", id(&made))
    );
    assert_eq!(
        (&made["email"], &made["role"], &made["invitedBy"]),
        (&json!(bob.email), &json!("member"), &json!(ada.id))
    );
    let token = made["token"].as_str().unwrap();
    let listed = ada.invitations(org).await.expect(200);
    assert!(!listed.text().contains(token) && listed.text().contains(&bob.email));
    let joined = bob.accept_invitation(token).await.expect(200).json();
    assert_eq!(
        (&joined["organization"]["id"], &joined["role"]),
        (&json!(org), &json!("member"))
    );
    assert_eq!(
        bob.me().await.json()["organization"]["id"],
        json!(bob.organization),
        "the token stays where it was"
    );
    let again = bob.accept_invitation(token).await;
    assert!([404, 409].contains(&again.any_problem().document["status"].as_u64().unwrap()));
    assert_eq!(ada.all(&format!("/api/orgs/{org}/invitations")).await.len(), 0);
});

for_each_setup!(an_invitation_is_for_one_address, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let email = address("bob");
    let made = ada.invite(&ada.organization, &email, "admin").await.expect(201).json();
    let token = made["token"].as_str().unwrap();
    eve.accept_invitation(token)
        .await
        .problem(403, "invitation_for_other_address");
    eve.accept_invitation("no-such-token")
        .await
        .problem(404, "invitation_not_found");
    let bob = app.register_with("bob", &json!({ "email": email })).await;
    bob.accept_invitation(token).await.expect(200);
});

for_each_setup!(an_invitation_that_is_withdrawn_or_replaced_is_worth_nothing, |setup| {
    let app = setup.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let org = &ada.organization;
    let token = |made: &serde_json::Value| made["token"].as_str().unwrap().to_owned();
    let first = ada.invite(org, &bob.email, "member").await.expect(201).json();
    let second = ada.invite(org, &bob.email, "viewer").await.expect(201).json();
    bob.accept_invitation(&token(&first))
        .await
        .problem(404, "invitation_not_found");
    assert_eq!(ada.all(&format!("/api/orgs/{org}/invitations")).await.len(), 1);
    ada.withdraw_invitation(org, &id(&second)).await.expect(204);
    ada.withdraw_invitation(org, &id(&second))
        .await
        .problem(404, "invitation_not_found");
    bob.accept_invitation(&token(&second))
        .await
        .problem(404, "invitation_not_found");
    bob.switch(org).await.problem(404, "organization_not_found");
});

/// On Postgres alone, because no invitation lives shorter than a day and the embedded database has no client to set one
/// back with.
#[tokio::test]
async fn an_invitation_that_has_expired_is_worth_nothing() {
    let app = Setup::PostgresWithRedis.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let made = ada
        .invite(&ada.organization, &bob.email, "member")
        .await
        .expect(201)
        .json();
    psql(
        app.database().url(),
        "UPDATE invitations SET expires_at = now() - interval '1 second'",
    );
    let late = bob.accept_invitation(made["token"].as_str().unwrap()).await;
    late.problem(404, "invitation_not_found");
    assert_eq!(
        ada.all(&format!("/api/orgs/{}/invitations", ada.organization))
            .await
            .len(),
        0
    );
}

for_each_setup!(nobody_invites_above_their_own_role, |setup| {
    let app = setup.start().await;
    let company = Company::found(&app).await;
    let org = company.org();
    for person in [&company.member, &company.viewer] {
        person
            .invite(org, &address("new"), "viewer")
            .await
            .problem(403, "insufficient_role");
    }
    company
        .admin
        .invite(org, &address("new"), "owner")
        .await
        .problem(403, "insufficient_role");
    company.admin.invite(org, &address("new"), "admin").await.expect(201);
    company.owner.invite(org, &address("new"), "owner").await.expect(201);
    company
        .owner
        .invite(org, "nowhere", "king")
        .await
        .problem(400, "validation_failed");
});

for_each_setup!(an_acceptance_that_races_itself_joins_once, |setup| {
    let app = setup.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let made = ada
        .invite(&ada.organization, &bob.email, "member")
        .await
        .expect(201)
        .json();
    let racers = (0..8).map(|_| {
        let (bob, token) = (bob.clone(), made["token"].as_str().unwrap().to_owned());
        async move { bob.accept_invitation(&token).await }
    });
    let statuses: Vec<u16> = race(racers).await.iter().map(|answer| answer.status).collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().all(|status| [200, 404, 409].contains(status)),
        "{statuses:?}"
    );
    assert_eq!(
        ada.all(&format!("/api/orgs/{}/members", ada.organization)).await.len(),
        2
    );
});
