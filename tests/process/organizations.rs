//! `tenon orgs` and `tenon members`.

use serde_json::{Value, json};
use tenon_tests::app::{Person, TestApp, id};
use tenon_tests::for_each_setup;
use tenon_tests::waiting::until_ok;

use crate::tenon::PATIENCE;

/// Runs a command beside the server, to its end: the exit code, the output, the errors.
fn run(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = app.command(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The lines of JSON that a command prints.
fn lines(app: &TestApp, arguments: &[&str]) -> Vec<Value> {
    let (code, output, errors) = run(app, &[arguments, &["--json"]].concat());
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{arguments:?}");
    output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The one line of JSON that a command prints.
fn line(app: &TestApp, arguments: &[&str]) -> Value {
    let mut lines = lines(app, arguments);
    assert_eq!(lines.len(), 1, "{arguments:?}");
    lines.remove(0)
}

/// What a command that fails says.
fn refused(app: &TestApp, arguments: &[&str]) -> String {
    let (code, output, errors) = run(app, arguments);
    assert_eq!((code, output.as_str()), (Some(1), ""), "{arguments:?}");
    errors.trim_end().to_owned()
}

fn members<'a>(organization: &'a str, command: &'a str, further: &[&'a str]) -> Vec<&'a str> {
    [&["members", command, "--organization", organization], further].concat()
}

/// Waits until the server refuses the token, which was good.
async fn until_refused(person: &Person) {
    until_ok("the token is refused", PATIENCE, async || {
        match person.get("/api/auth/me").await.status {
            401 => Ok(()),
            status => Err(format!("still {status}")),
        }
    })
    .await;
}

/// The entries of an organization's log that the operator made, the oldest first: what, and by which command.
fn acts(app: &TestApp, organization: &str) -> Vec<(String, String)> {
    let mut entries = lines(app, &["audit", "list", "--organization", organization]);
    entries.retain(|entry| entry["actor"] == json!({ "kind": "operator", "id": null, "email": null }));
    entries.sort_by_key(|entry| entry["sequence"].as_u64());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let act = |entry: &Value| (text(&entry["action"]), text(&entry["userAgent"]));
    entries.iter().map(act).collect()
}

for_each_setup!(
    the_command_line_looks_after_organizations_while_a_server_runs,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let made = line(&app, &["orgs", "create", "--name", "Harbour", "--owner", &ada.email]);
        let harbour = id(&made);
        let there = ada.switched_to(&harbour).await;
        assert_eq!(there.organization(&harbour).await.expect(200).json(), made);

        let renamed = line(&app, &["orgs", "rename", &harbour, "Old harbour"]);
        assert_eq!(
            (&renamed["name"], &renamed["version"]),
            (&json!("Old harbour"), &json!(2))
        );
        assert_eq!(line(&app, &["orgs", "show", &harbour]), renamed);
        assert_eq!(there.organization(&harbour).await.expect(200).json(), renamed);
        let listed = lines(&app, &["orgs", "list"]);
        assert_eq!(listed.len(), 2);
        assert!(listed.contains(&renamed), "{listed:?}");
        let (_, text, _) = run(&app, &["orgs", "list"]);
        assert!(text.contains(&format!("{harbour}  Old harbour  since ")), "{text}");

        let unasked = refused(&app, &["orgs", "delete", &harbour]);
        assert_eq!(
            unasked,
            "tenon: --yes is needed, and the input is no terminal to ask on"
        );
        let deleted = line(&app, &["orgs", "delete", &harbour, "--yes"]);
        assert_eq!(deleted, json!({ "id": harbour, "deleted": true }));
        until_refused(&there).await;
        assert_eq!(ada.get("/api/auth/me").await.status, 200);
        for arguments in [
            &["orgs", "show", &harbour][..],
            &["orgs", "rename", &harbour, "Gone"],
            &["orgs", "delete", &harbour, "--yes"],
        ] {
            assert_eq!(refused(&app, arguments), "tenon: no such organization");
        }
        let nobody = ["orgs", "create", "--name", "X", "--owner", "nobody@example.org"];
        assert_eq!(refused(&app, &nobody), "tenon: no such account");
        let expected = ["organization.created", "organization.renamed", "organization.deleted"];
        assert_eq!(
            acts(&app, &harbour),
            expected.map(|action| (action.to_owned(), "tenon orgs".to_owned()))
        );
    }
);

for_each_setup!(the_command_line_looks_after_members_while_a_server_runs, |setup| {
    let app = setup.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let org = ada.organization.as_str();
    let added = line(&app, &members(org, "add", &[&bob.email, "--role", "admin"]));
    let there = bob.switched_to(org).await;
    assert_eq!(there.member(org, &bob.id).await.expect(200).json(), added);
    assert_eq!(added["role"], "admin");
    let again = refused(&app, &members(org, "add", &[&bob.email]));
    assert_eq!(again, "tenon: the account is a member already: change its role instead");

    let changed = line(&app, &members(org, "role", &[&bob.id, "viewer"]));
    assert_eq!((&changed["role"], &changed["version"]), (&json!("viewer"), &json!(2)));
    until_refused(&there).await;
    let there = bob.switched_to(org).await;
    assert_eq!(there.member(org, &bob.id).await.expect(200).json(), changed);
    assert_eq!(lines(&app, &members(org, "list", &[])).len(), 2);

    let removed = line(&app, &members(org, "remove", &[&bob.email]));
    assert_eq!(removed, json!({ "userId": bob.id, "removed": true }));
    until_refused(&there).await;
    assert_eq!(bob.get("/api/auth/me").await.status, 200, "the account stays");
    let once_more = refused(&app, &members(org, "remove", &[&bob.email]));
    assert_eq!(once_more, "tenon: the organization has no such member");
    let expected = ["member.added", "member.role_changed", "member.removed"];
    assert_eq!(
        acts(&app, org),
        expected.map(|action| (action.to_owned(), "tenon members".to_owned()))
    );
});

for_each_setup!(the_command_line_leaves_no_organization_without_an_owner, |setup| {
    let app = setup.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let org = ada.organization.as_str();
    let owner = "tenon: the organization needs an owner: make somebody else one first";
    assert_eq!(refused(&app, &members(org, "remove", &[&ada.email])), owner);
    assert_eq!(refused(&app, &members(org, "role", &[&ada.email, "admin"])), owner);
    line(&app, &members(org, "add", &[&bob.id, "--role", "owner"]));
    line(&app, &members(org, "remove", &[&ada.email]));
    assert_eq!(refused(&app, &members(org, "remove", &[&bob.email])), owner);

    let unknown = "0198c0de-0000-7000-8000-000000000000";
    for further in [&["list"][..], &["add", &ada.email], &["role", &ada.email, "admin"]] {
        let (command, further) = further.split_first().unwrap();
        let said = refused(&app, &members(unknown, command, further));
        assert_eq!(said, "tenon: no such organization", "{command}");
    }
    assert_eq!(
        refused(&app, &members(org, "add", &[unknown])),
        "tenon: no such account"
    );
    for arguments in [&["audit", "verify"][..], &["audit", "list"]] {
        let said = refused(&app, &[arguments, &["--organization", unknown]].concat());
        let expected = format!("tenon: the audit log has nothing of an organization {unknown}");
        assert!(said.starts_with(&expected), "{said}");
    }
});
