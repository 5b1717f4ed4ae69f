//! Who did what, as admins and the operator read it.

use reqwest::Method;
use serde_json::{Value, json};
use tenon_kernel::Action;
use tenon_tests::app::{Client, PASSWORD, Person, id, is_id, is_stamp, secret_text};
use tenon_tests::for_each_setup;
use tenon_tests::jobs::give_up;
use tenon_tests::stores::TestStore;

fn actions(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["action"].as_str().unwrap()).collect()
}

/// All that the log of the organization tells, the oldest first.
async fn log(person: &Person) -> Vec<Value> {
    let mut items = person
        .all(&format!("/api/orgs/{}/audit?limit=2", person.organization))
        .await;
    items.reverse();
    items
}

/// All that the operator finds, the oldest first.
async fn every(operator: &Client, query: &str) -> Vec<Value> {
    let mut items = operator.all(&format!("/api/audit?limit=3&{query}")).await;
    items.reverse();
    items
}

/// What concerns one person in the log of the installation, by its numbers: what happened at once has one time.
async fn about(operator: &Client, email: &str) -> Vec<Value> {
    let all = every(operator, "").await;
    let theirs = |item: &Value| item["organizationId"].is_null() && item["actor"]["email"] == email;
    let mut items: Vec<Value> = all.into_iter().filter(theirs).collect();
    items.sort_by_key(|item| item["sequence"].as_u64());
    items
}

for_each_setup!(
    an_organizations_log_tells_of_members_invitations_and_credentials,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let org = ada.organization.clone();
        let bob = ada.take_in(&app.register("bob").await, "member").await;
        ada.change_role(&org, &bob.id, "*", "admin").await.expect(200);
        let invited = id(&ada.invite(&org, "eve@example.org", "viewer").await.expect(201).json());
        ada.withdraw_invitation(&org, &invited).await.expect(204);
        let credential = ada.made_credential("Mail", "canary").await;
        ada.replace_credential(&credential, "*", &secret_text("Post", "canary"))
            .await
            .expect(200);
        ada.delete_credential(&credential, "*").await.expect(204);
        ada.remove_member(&org, &bob.id, "*").await.expect(204);
        ada.rename_organization(&org, "*", "Harbour").await.expect(200);

        let items = log(&ada).await;
        let expected = [
            "organization.created",
            "invitation.created",
            "invitation.accepted",
            "member.added",
            "member.role_changed",
            "invitation.created",
            "invitation.revoked",
            "credential.created",
            "credential.replaced",
            "credential.deleted",
            "member.removed",
            "organization.renamed",
        ];
        assert_eq!(actions(&items), expected);
        let changed = &items[4];
        assert!(is_id(changed["id"].as_str().unwrap()) && is_stamp(changed["at"].as_str().unwrap()));
        assert_eq!(
            (&changed["sequence"], &changed["organizationId"]),
            (&json!(5), &json!(org))
        );
        assert_eq!(
            changed["actor"],
            json!({ "kind": "user", "id": ada.id, "email": ada.email })
        );
        assert_eq!(changed["subject"], json!({ "kind": "user", "id": bob.id }));
        assert_eq!(
            changed["details"],
            json!({ "email": bob.email, "from": "member", "to": "admin" })
        );
        assert_eq!(changed["address"], ada.address());
        assert_eq!(changed["hash"].as_str().unwrap().len(), 64);
        assert_eq!(items[6]["details"], json!({ "email": "eve@example.org" }));
        assert_eq!(items[9]["details"], json!({ "name": "Post" }));
        let everything = Value::Array(items).to_string();
        for secret in ["canary", PASSWORD] {
            assert!(!everything.contains(secret), "{secret} is in the log");
        }
        assert!(everything.matches(&org).count() >= expected.len());
    }
);

for_each_setup!(the_installations_log_tells_of_sign_ins_and_what_was_refused, |setup| {
    let app = setup.start().await;
    let (ada, operator) = (app.register("ada").await, app.operator().await);
    let anyone = app.anonymous();
    anyone
        .login(&ada.email, "not the password")
        .await
        .problem(401, "invalid_credentials");
    let (phone, tablet) = (ada.sign_in().await, ada.sign_in().await);
    phone.logout().await.expect(204);
    ada.end_session(&tablet.session).await.expect(204);
    ada.change_password("wrong", "violet-harbor-43")
        .await
        .problem(403, "wrong_password");
    let items = about(&operator, &ada.email).await;
    let expected = [
        "user.registered",
        "session.created",
        "session.refused",
        "session.created",
        "session.created",
        "session.ended",
        "session.revoked",
        "password.refused",
    ];
    assert_eq!(actions(&items), expected);
    assert_eq!(items[2]["details"], json!({ "reason": "credentials" }));
    assert_eq!(items[2]["actor"]["id"], json!(ada.id));
    assert_eq!(items[5]["subject"], json!({ "kind": "session", "id": phone.session }));
    assert_eq!(items[6]["subject"], json!({ "kind": "session", "id": tablet.session }));

    let nobody = "nobody@example.org";
    anyone.login(nobody, PASSWORD).await.problem(401, "invalid_credentials");
    let refused = about(&operator, nobody).await;
    assert_eq!(refused.len(), 1);
    assert_eq!(
        refused[0]["actor"],
        json!({ "kind": "user", "id": null, "email": nobody })
    );
    assert_eq!(refused[0]["subject"], Value::Null);
});

for_each_setup!(the_installations_log_tells_of_what_the_operator_does, |setup| {
    let app = setup.options().set("TENON__JOBS__GRAPH_WORKERS", "0").start().await;
    let (ada, operator) = (app.register("ada").await, app.operator().await);
    app.anonymous()
        .login_operator("wrong")
        .await
        .problem(401, "invalid_credentials");
    operator.disable_user(&ada.id, "*", true).await.expect(200);
    operator.disable_user(&ada.id, "*", false).await.expect(200);
    let jobs = give_up(&TestStore::beside(&app), 2).await;
    let path = format!("/api/queues/graph/jobs/{}", jobs[1]);
    operator
        .call(Method::POST, &format!("{path}/retry"))
        .send()
        .await
        .expect(204);
    operator.call(Method::DELETE, &path).send().await.expect(204);
    let all = every(&operator, "").await;
    let items: Vec<Value> = all
        .into_iter()
        .filter(|item| item["actor"]["kind"] == "operator")
        .collect();
    let mut told = actions(&items);
    told.retain(|action| *action != "operator.signed_in");
    let expected = [
        "operator.refused",
        "user.disabled",
        "user.enabled",
        "job.retried",
        "job.discarded",
    ];
    assert_eq!(told, expected);
    let discarded = items.last().unwrap();
    assert_eq!(
        discarded["subject"],
        json!({ "kind": "job", "id": jobs[1].to_string() })
    );
    assert_eq!(discarded["details"], json!({ "queue": "graph" }));
    assert_eq!(
        discarded["actor"],
        json!({ "kind": "operator", "id": null, "email": null })
    );
    operator.logout().await.expect(204);
    let again = app.operator().await;
    let left = every(&again, "action=operator.signed_out").await;
    assert_eq!(actions(&left), ["operator.signed_out"]);
});

for_each_setup!(
    what_is_listed_can_be_narrowed_and_a_log_outlives_its_organization,
    |setup| {
        let app = setup.start().await;
        let (ada, operator) = (app.register("ada").await, app.operator().await);
        let org = id(&ada.create_organization("Second").await.expect(201).json());
        let there = ada.switched_to(&org).await;
        there.delete_organization(&org, "*").await.expect(204);
        let left = every(&operator, &format!("organization={org}")).await;
        assert_eq!(actions(&left), ["organization.created", "organization.deleted"]);
        assert_eq!(left[1]["details"], json!({ "members": 1, "name": "Second" }));
        let created = every(&operator, &format!("organization={org}&action=organization.created")).await;
        assert_eq!(created, [left[0].clone()]);
        let own = format!("/api/orgs/{}/audit", ada.organization);
        assert_eq!(
            actions(&ada.all(&format!("{own}?action=organization.created")).await),
            ["organization.created"]
        );
        assert_eq!(
            ada.all(&format!("{own}?action=member.added")).await,
            Vec::<Value>::new()
        );
        for query in ["action=nothing", "limit=0", "limit=101", "count=x"] {
            ada.get(&format!("{own}?{query}"))
                .await
                .problem(400, "invalid_parameter");
        }
        operator
            .get("/api/audit?organization=x")
            .await
            .problem(400, "invalid_parameter");
        let page = operator.get("/api/audit?limit=1").await.expect(200).json();
        let cursor = page["nextCursor"].as_str().unwrap();
        ada.get(&format!("{own}?cursor={cursor}"))
            .await
            .problem(400, "invalid_cursor");
    }
);

#[test]
fn the_documentation_lists_all_that_is_told() {
    let documentation = include_str!("../../docs/audit.md");
    for action in Action::ALL {
        let row = format!("| `{}` |", action.as_str());
        assert_eq!(documentation.matches(&row).count(), 1, "{row}");
    }
}
