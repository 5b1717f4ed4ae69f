//! `tenon graph subscriptions` and `tenon graph apps`, beside a server.

use serde_json::{Value, json};
use tenon_simulator::{Endpoint, Fault};
use tenon_tests::app::id;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::GraphScene;

/// Runs a command about the organization of the scene's owner, to its end: the exit code, the output, the errors.
fn run(scene: &GraphScene, arguments: &[&str]) -> (Option<i32>, String, String) {
    let organization = ["--organization", &scene.owner.organization];
    let arguments = [&["graph"], arguments, &organization].concat();
    let output = scene.app.command(&arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The one line of JSON that a command prints.
fn line(scene: &GraphScene, arguments: &[&str]) -> Value {
    let (code, output, errors) = run(scene, &[arguments, &["--json"]].concat());
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{arguments:?}");
    serde_json::from_str(&output).unwrap()
}

for_each_setup!(the_command_line_lists_renews_and_deletes_subscriptions, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let subscription = scene.subscribed(false).await;
    let own = id(&subscription);
    assert_eq!(line(&scene, &["subscriptions", "list"]), subscription);
    assert_eq!(line(&scene, &["subscriptions", "show", &own]), subscription);
    let app = line(&scene, &["apps", "list"]);
    assert_eq!(
        (&app["id"], &app["kind"]),
        (&json!(scene.credential), &json!("microsoft-graph"))
    );

    let renewed = line(&scene, &["subscriptions", "renew", &own]);
    assert_eq!(renewed["remoteId"], subscription["remoteId"]);
    assert!(
        renewed["updatedAt"].as_str() > subscription["updatedAt"].as_str(),
        "{renewed}"
    );
    let (code, text, _) = run(&scene, &["subscriptions", "list"]);
    assert_eq!(code, Some(0));
    assert!(
        text.starts_with(&format!("{own}  active  created,updated,deleted  users/")),
        "{text}"
    );

    let (code, _, errors) = run(&scene, &["subscriptions", "delete", &own]);
    assert_eq!(
        (code, errors.as_str()),
        (
            Some(1),
            "tenon: --yes is needed, and the input is no terminal to ask on\n"
        )
    );
    let gone = line(&scene, &["subscriptions", "delete", &own, "--yes"]);
    assert_eq!(gone, json!({ "id": own, "deleted": true }));
    assert!(scene.simulator.subscriptions().is_empty());
    scene
        .owner
        .get(&format!("/api/graph/subscriptions/{own}"))
        .await
        .expect(404);
    let (code, _, errors) = run(&scene, &["subscriptions", "renew", &own]);
    assert_eq!(
        (code, errors.as_str()),
        (Some(1), "tenon: the organization has no such subscription\n")
    );
    let told = format!("/api/orgs/{}/audit", scene.owner.organization);
    let told = scene.owner.all(&told).await;
    let mut told: Vec<&Value> = told.iter().filter(|entry| entry["subject"]["id"] == own).collect();
    told.sort_by_key(|entry| entry["sequence"].as_u64());
    let of = |kind| {
        let entries = told.iter().filter(|entry| entry["actor"]["kind"] == kind);
        entries.map(|entry| entry["action"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("user"), ["subscription.created"]);
    assert_eq!(of("operator"), ["subscription.renewed", "subscription.deleted"]);
    for entry in told {
        assert_eq!(entry["details"], json!({ "resource": subscription["resource"] }));
    }
});

for_each_setup!(what_graph_answers_is_told_on_the_command_line_and_noted, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let subscription = scene.subscribed(false).await;
    let own = id(&subscription);
    let refusing = Fault {
        status: Some(403),
        ..Fault::default()
    };
    scene.simulator.break_down(Endpoint::Graph, refusing);
    let (code, output, errors) = run(&scene, &["subscriptions", "renew", &own]);
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert!(
        errors.starts_with("tenon: Microsoft Graph has not done it: Graph refused: 403"),
        "{errors}"
    );
    let shown = line(&scene, &["subscriptions", "show", &own]);
    assert!(
        shown["problem"].as_str().unwrap().starts_with("Graph refused: 403"),
        "{shown}"
    );
    let (_, text, _) = run(&scene, &["subscriptions", "list"]);
    assert!(text.contains("  problem: Graph refused: 403"), "{text}");

    let (code, _, errors) = run(&scene, &["subscriptions", "delete", &own, "--yes"]);
    let leaving = "tenon: the subscription is to be deleted, which a server goes on trying: ";
    assert_eq!(code, Some(1));
    assert!(errors.starts_with(leaving), "{errors}");
    assert_eq!(line(&scene, &["subscriptions", "show", &own])["state"], "deleting");
    scene.simulator.repair(Endpoint::Graph);
    let (code, _, errors) = run(&scene, &["subscriptions", "renew", &own]);
    let was_faster = errors == "tenon: the organization has no such subscription\n";
    assert!(code == Some(0) || was_faster, "{errors}");
    scene
        .owner
        .get(&format!("/api/graph/subscriptions/{own}"))
        .await
        .expect(404);
    assert!(scene.simulator.subscriptions().is_empty());
});

for_each_setup!(a_subscription_that_graph_has_lost_is_not_renewed, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let own = id(&scene.subscribed(false).await);
    let lost = Fault {
        status: Some(404),
        ..Fault::default()
    };
    scene.simulator.break_down(Endpoint::Graph, lost);
    let (code, output, errors) = run(&scene, &["subscriptions", "renew", &own]);
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert_eq!(
        errors,
        "tenon: Microsoft Graph has lost the subscription: a server creates it anew\n"
    );
    assert_eq!(line(&scene, &["subscriptions", "show", &own])["state"], "creating");
});

for_each_setup!(an_organization_that_is_none_has_no_subscriptions_to_list, |setup| {
    let app = setup.start().await;
    for subject in ["subscriptions", "apps"] {
        let unknown = "0198c0de-0000-7000-8000-000000000000";
        let mut command = app.command(&["graph", subject, "list", "--organization", unknown]);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "tenon: no such organization\n"
        );
    }
});
