use std::process::Command;

use serde_json::{Value, json};
use xtask::programs;

use crate::tenon::{Finished, Folder, Serving};

fn object(finished: &Finished) -> Value {
    serde_json::from_str(&finished.output).unwrap()
}

/// Changes the database of the folder as somebody may who has its file.
fn tamper(folder: &Folder, statements: &str) {
    let shell = programs::on_path("sqlite3").expect("sqlite3 is not installed: run `cargo xtask provision`");
    let file = folder.path("data/tenon.db");
    let output = Command::new(shell)
        .args(["-bail", "-cmd", ".timeout 20000"])
        .arg(file)
        .arg(statements)
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What was listed, in lines.
async fn listed(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let listed = folder.run(&[&["audit", "list"], arguments].concat(), &[]).await;
    assert_eq!((listed.code, listed.errors.as_str()), (Some(0), ""));
    listed.output.lines().map(str::to_owned).collect()
}

/// Serves, with four entries in two chains.
async fn serving(folder: &Folder) -> Serving {
    let server = folder.serve(&[]).await;
    server.register().await;
    let wrong = json!({ "email": "ada@example.org", "password": "not the password" });
    assert_eq!(server.post("/api/auth/login", "", wrong).await.0, 401);
    server
}

#[tokio::test]
async fn the_command_line_lists_the_audit_log_while_a_server_runs() {
    let folder = Folder::new();
    let server = serving(&folder).await;
    let lines = listed(&folder, &[]).await;
    assert_eq!(lines.len(), 4, "{lines:?}");
    let refused = r#"session.refused  by user ada@example.org  from 127.0.0.1  {"reason":"credentials"}"#;
    assert!(lines[0].ends_with(refused), "{}", lines[0]);
    let created = listed(&folder, &["--json", "--action", "organization.created"]).await;
    let entry: Value = serde_json::from_str(&created[0]).unwrap();
    assert_eq!(
        (&entry["sequence"], &entry["actor"]["email"]),
        (&json!(1), &json!("ada@example.org"))
    );
    let organization = entry["organizationId"].as_str().unwrap().to_owned();
    assert_eq!(listed(&folder, &["--organization", &organization]).await.len(), 1);
    assert_eq!(listed(&folder, &["--limit", "2"]).await, lines[..2]);

    let verified = folder
        .run(&["audit", "verify", "--json", "--organization", &organization], &[])
        .await;
    let report = object(&verified);
    assert_eq!(
        (&report["sound"], &report["chains"], &report["entries"]),
        (&json!(true), &json!(1), &json!(1))
    );
    assert_eq!(report["head"]["hash"], entry["hash"]);
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn the_command_line_finds_what_was_changed_in_the_audit_log_while_a_server_runs() {
    let folder = Folder::new();
    let server = serving(&folder).await;
    let verified = folder.run(&["audit", "verify"], &[]).await;
    assert_eq!((verified.code, verified.errors.as_str()), (Some(0), ""));
    let line = "4 entries in 2 chains are as they were written; the installation ends at 3 with ";
    assert!(verified.output.starts_with(line), "{}", verified.output);

    tamper(
        &folder,
        "DROP TRIGGER audit_entries_stay_as_they_are;
         UPDATE audit_entries SET address = '192.0.2.1' WHERE sequence = 2;",
    );
    let verified = folder.run(&["audit", "verify"], &[]).await;
    assert_eq!(verified.code, Some(1));
    let fault = "the installation: entry 2: it is not as it was written, or the one before it is not\n";
    assert!(verified.output.starts_with(fault), "{}", verified.output);
    assert!(
        verified.errors.contains("1 of its chains are broken"),
        "{}",
        verified.errors
    );
    let verified = folder.run(&["audit", "verify", "--json"], &[]).await;
    let report = object(&verified);
    assert_eq!((verified.code, &report["sound"]), (Some(1), &json!(false)));
    let broken = json!([{ "organizationId": null, "sequence": 2, "fault": "changed", "until": null }]);
    assert_eq!(report["broken"], broken);
    assert_eq!(server.stop().await.code, Some(0));
}
