//! What commands print for programs.

use serde_json::{Value, json};
use tenon_tests::jobs::give_up;
use tenon_tests::stores::open;

use crate::tenon::{Finished, Folder};

fn object(finished: &Finished) -> Value {
    serde_json::from_str(&finished.output).unwrap_or_else(|error| panic!("{error}: {}", finished.output))
}

async fn printed(folder: &Folder, arguments: &[&str]) -> Value {
    let finished = folder.run(arguments, &[]).await;
    assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.errors);
    object(&finished)
}

#[tokio::test]
async fn the_configuration_is_printed_for_programs_with_types_and_without_secrets() {
    let folder = Folder::new();
    let variables = [
        ("OPERATOR_PASSWORD", "hunter2-hunter2-hunter2"),
        ("TENON__LIMITS__API_PER_MINUTE", "7"),
        ("CORS_ORIGINS", "https://app.example.org"),
    ];
    let finished = folder.run(&["config", "show", "--json"], &variables).await;
    let shown = object(&finished);
    assert_eq!(
        shown["limits.api_per_minute"],
        json!({ "value": 7, "origin": "TENON__LIMITS__API_PER_MINUTE" })
    );
    assert_eq!(shown["cors.origins"]["value"], json!(["https://app.example.org"]));
    assert_eq!(
        shown["auth.operator_password"],
        json!({ "value": "***", "origin": "OPERATOR_PASSWORD" })
    );
    assert_eq!(shown["server.port"], json!({ "value": 4000, "origin": "default" }));
    assert!(!finished.output.contains("hunter2"));

    let good = folder.run(&["config", "check", "--json"], &[]).await;
    assert_eq!((good.code, &object(&good)["valid"]), (Some(0), &json!(true)));
    let bad = folder.run(&["config", "check", "--json"], &[("PORT", "-1")]).await;
    assert_eq!((bad.code, bad.errors.as_str()), (Some(78), ""));
    let report = object(&bad);
    assert_eq!(
        (
            &report["valid"],
            &report["problems"][0]["key"],
            &report["problems"][0]["origin"]
        ),
        (&json!(false), &json!("server.port"), &json!("PORT"))
    );
}

#[tokio::test]
async fn keys_are_counted_and_rotated_for_programs() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    let credential = json!({ "name": "Mail", "kind": "secret", "values": { "value": "canary" } });
    assert_eq!(server.post("/api/credentials", &token, credential).await.0, 201);
    let before = printed(&folder, &["keys", "status", "--json"]).await;
    assert_eq!(
        (
            &before["behind"],
            &before["keys"][0]["records"],
            &before["keys"][0]["role"]
        ),
        (&json!(0), &json!(1), &json!("seals"))
    );
    let rotated = printed(&folder, &["keys", "rotate", "--json"]).await;
    assert_eq!((&rotated["records"], &rotated["behind"]), (&json!(1), &json!(0)));
    let after = printed(&folder, &["keys", "status", "--json"]).await;
    assert_eq!(after["keys"][0]["id"], rotated["key"]);
    assert_eq!(
        after["keys"][1],
        json!({ "id": before["keys"][0]["id"], "records": 0, "role": "opens" })
    );
    let early = folder.run(&["keys", "rotate", "--finish", "--json"], &[]).await;
    assert_eq!((early.code, early.output.as_str()), (Some(1), ""));
}

#[tokio::test]
async fn jobs_are_counted_listed_retried_and_discarded_for_programs() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["migrate"], &[]).await.code, Some(0));
    let store = open(&format!("sqlite:{}", folder.path("data/tenon.db").display()));
    let dead = give_up(&store, 2).await;
    let counted = folder.run(&["queues", "--json"], &[]).await;
    let first: Value = serde_json::from_str(counted.output.lines().next().unwrap()).unwrap();
    assert_eq!(
        first,
        json!({ "name": "graph", "waiting": 0, "running": 0, "dead": 2, "firstDueAt": null })
    );
    let listed = folder.run(&["queues", "list", "graph", "--json"], &[]).await;
    let jobs: Vec<Value> = listed
        .output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids: Vec<_> = jobs.iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, [dead[0].to_string(), dead[1].to_string()]);
    assert_eq!(jobs[0]["state"], "dead");
    let retried = printed(&folder, &["queues", "retry", &ids[0], "--json"]).await;
    assert_eq!(retried, json!({ "id": ids[0], "retried": true }));
    assert_eq!(
        printed(&folder, &["queues", "retry", "--all", "--json"]).await,
        json!({ "retried": 1 })
    );
    let discarded = printed(&folder, &["queues", "--json", "discard", &ids[0]]).await;
    assert_eq!(discarded, json!({ "id": ids[0], "discarded": true }));
    let told = folder
        .run(&["audit", "list", "--json", "--action", "job.discarded"], &[])
        .await;
    let entry = object(&told);
    assert_eq!(
        (&entry["actor"]["kind"], &entry["userAgent"]),
        (&json!("operator"), &json!("tenon queues"))
    );
}

#[tokio::test]
async fn an_account_of_the_command_line_is_entered_as_the_operators_act() {
    let folder = Folder::new();
    let password = [("TENON_PASSWORD", "correct horse battery staple")];
    let words = ["users", "create", "--email", "ada@example.com", "--name", "Ada"];
    assert_eq!(folder.run(&words, &password).await.code, Some(0));
    let told = folder.run(&["audit", "list", "--json"], &[]).await;
    let entries: Vec<Value> = told
        .output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut actions: Vec<_> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["organization.created", "user.registered"], "and no session");
    for entry in &entries {
        assert_eq!(
            (&entry["actor"], &entry["userAgent"]),
            (
                &json!({ "kind": "operator", "id": null, "email": null }),
                &json!("tenon users")
            )
        );
    }
}
