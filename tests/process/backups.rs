//! `tenon backup` and `tenon restore`.

mod postgres;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tenon_tests::databases::Database;

use crate::filling::{fill, sqlite};
use crate::tenon::{Finished, Folder, mode};

fn succeeded(finished: &Finished) -> Value {
    assert_eq!(finished.code, Some(0), "{}", finished.errors);
    serde_json::from_str(&finished.output).unwrap()
}

async fn restore(folder: &Folder, arguments: &[&str]) -> Finished {
    folder.run(&[&["restore", "backup"], arguments].concat(), &[]).await
}

/// A folder with the data of a server that has ended, and a backup of it that was made while it served.
async fn backed_up() -> (Folder, String) {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    let (status, _) = server
        .post("/api/assets", &token, json!({ "title": "Main pump" }))
        .await;
    assert_eq!(status, 201);
    let made = succeeded(&folder.run(&["backup", "backup", "--json"], &[]).await);
    assert_eq!(made["manifest"]["database"], "sqlite");
    let (status, _) = server.post("/api/assets", &token, json!({ "title": "Valve" })).await;
    assert_eq!(status, 201);
    assert_eq!(server.stop().await.code, Some(0));
    (folder, token)
}

async fn titles(folder: &Folder, variables: &[(&str, &str)], token: &str) -> Vec<String> {
    let server = folder.serve(variables).await;
    let (status, listed) = server.get("/api/assets?sort=title", token).await;
    assert_eq!(status, 200, "{listed}");
    let items = listed["items"].as_array().unwrap();
    let titles = items
        .iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(server.stop().await.code, Some(0));
    titles
}

#[tokio::test]
async fn a_backup_that_was_made_while_serving_is_restored_and_what_was_there_is_kept() {
    let (folder, token) = backed_up().await;
    assert_eq!(titles(&folder, &[], &token).await, ["Main pump", "Valve"]);
    let refused = restore(&folder, &[]).await;
    assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
    assert!(
        refused
            .errors
            .ends_with("tenon: there is data in ./data/tenon.db already: --force restores over it\n"),
        "{}",
        refused.errors
    );
    let restored = succeeded(&restore(&folder, &["--force", "--json"]).await);
    assert_eq!(titles(&folder, &[], &token).await, ["Main pump"]);
    let old = folder.path(restored["replaced"].as_str().unwrap());
    fs::rename(old, folder.path("data/tenon.db")).unwrap();
    assert_eq!(titles(&folder, &[], &token).await, ["Main pump", "Valve"]);
}

#[tokio::test]
async fn a_backup_is_its_owners_alone_and_names_the_secrets_that_it_does_not_hold() {
    let (folder, _) = backed_up().await;
    assert_eq!(mode(&folder.path("backup")), 0o700);
    let mut names: Vec<_> = fs::read_dir(folder.path("backup"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["SHA256SUMS", "manifest.json", "tenon.db"]);
    for name in &names {
        assert_eq!(mode(&folder.path("backup").join(name)), 0o600, "{name:?}");
    }
    let manifest: Value = serde_json::from_str(&folder.text("backup/manifest.json")).unwrap();
    assert_eq!(manifest["secrets"], json!(["./data/secrets.toml"]));
    let assets = manifest["tables"]
        .as_array()
        .unwrap()
        .iter()
        .find(|table| table["name"] == "assets")
        .unwrap();
    assert_eq!(assets["rows"], 1);
    let again = folder.run(&["backup", "backup"], &[]).await;
    assert_eq!(again.errors, "tenon: backup is there already: choose another name\n");
}

#[tokio::test]
async fn the_sums_are_those_that_sha256sum_checks() {
    let (folder, _) = backed_up().await;
    let check = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "SHA256SUMS"])
        .current_dir(folder.path("backup"))
        .output()
        .unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

/// Changes one bit of a file and gives back what was there.
fn flip(path: &Path, place: usize) -> Vec<u8> {
    let before = fs::read(path).unwrap();
    let mut after = before.clone();
    after[place] ^= 1;
    fs::write(path, after).unwrap();
    before
}

#[tokio::test]
async fn a_byte_that_was_flipped_in_any_file_is_found_and_nothing_is_changed() {
    let (folder, _) = backed_up().await;
    let whole = restore(&folder, &["--verify"]).await;
    assert_eq!(whole.code, Some(0), "{}", whole.errors);
    assert!(whole.output.starts_with("backup is whole: "), "{}", whole.output);
    for name in ["SHA256SUMS", "manifest.json", "tenon.db"] {
        let path = folder.path("backup").join(name);
        let last = usize::try_from(path.metadata().unwrap().len()).unwrap() - 1;
        for place in [0, last / 3, last / 2, last] {
            let before = flip(&path, place);
            let found = restore(&folder, &["--verify"]).await;
            assert_eq!((found.code, found.output.as_str()), (Some(1), ""), "{name} at {place}");
            assert!(
                found.errors.contains("tenon: the backup is damaged: "),
                "{name} at {place}: {}",
                found.errors
            );
            assert_eq!(restore(&folder, &["--force"]).await.code, Some(1), "{name} at {place}");
            fs::write(&path, before).unwrap();
        }
    }
    assert_eq!(restore(&folder, &["--verify"]).await.code, Some(0));
    assert_eq!(fs::read_dir(folder.path("backup")).unwrap().count(), 3);
    let beside: Vec<_> = fs::read_dir(folder.path("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !beside.iter().any(|name| name.to_string_lossy().contains("replaced")),
        "{beside:?}"
    );
}

#[tokio::test]
async fn a_database_that_a_server_has_open_is_not_replaced() {
    let (folder, token) = backed_up().await;
    let server = folder.serve(&[]).await;
    let refused = restore(&folder, &["--force"]).await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.errors.contains("./data/tenon.db is in use"),
        "{}",
        refused.errors
    );
    let (status, listed) = server.get("/api/assets", &token).await;
    assert_eq!((status, listed["items"].as_array().unwrap().len()), (200, 2));
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn a_backup_with_secrets_makes_the_installation_anew_on_an_empty_machine() {
    let (folder, other) = (Folder::new(), Folder::new());
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    let path = other.path("backup").display().to_string();
    let made = folder.run(&["backup", &path, "--with-secrets"], &[]).await;
    assert_eq!(made.code, Some(0), "{}", made.errors);
    assert!(
        made.output.contains("it holds secrets, keep it to yourself"),
        "{}",
        made.output
    );
    assert_eq!(server.stop().await.code, Some(0));
    let restored = restore(&other, &[]).await;
    assert_eq!(restored.code, Some(0), "{}", restored.errors);
    assert_eq!(mode(&other.path("data")), 0o700);
    let server = other.serve(&[]).await;
    let (status, me) = server.get("/api/auth/me", &token).await;
    assert_eq!((status, &me["user"]["email"]), (200, &json!("ada@example.org")));
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn secrets_that_the_manifest_does_not_name_are_refused() {
    let (folder, token) = backed_up().await;
    let own = folder.text("data/secrets.toml");
    for name in ["secrets.toml", "encryption.keys"] {
        let path = folder.path("backup").join(name);
        fs::write(&path, &own[..own.len() / 2]).unwrap();
        for argument in ["--verify", "--force"] {
            let refused = restore(&folder, &[argument]).await;
            assert_eq!(refused.code, Some(1), "{}", refused.output);
            let told =
                format!("tenon: backup/{name} is no part of the backup: its manifest does not name it; take it away\n");
            assert_eq!(refused.errors, told);
        }
        fs::remove_file(path).unwrap();
    }
    assert_eq!(folder.text("data/secrets.toml"), own);
    assert!(!folder.path("data/encryption.keys").exists());
    assert_eq!(titles(&folder, &[], &token).await.len(), 2);
}

#[tokio::test]
async fn a_database_may_be_called_as_a_lock_and_be_restored_twice_within_a_second() {
    let folder = Folder::new();
    let variables = [("DATABASE_URL", "sqlite:x.lock")];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    let database = folder.path("x.lock");
    sqlite(&database, "INSERT INTO schedules (name, called_at) VALUES ('kept', 0)");
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    succeeded(&folder.run(&["backup", "backup", "--json"], &variables).await);
    let refused = restore_into(&folder, &[], &variables).await;
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(
        refused
            .errors
            .ends_with("there is data in x.lock already: --force restores over it\n")
    );
    let mut replaced = std::collections::BTreeSet::new();
    for _ in 0..6 {
        let restored = succeeded(&restore_into(&folder, &["--force", "--json"], &variables).await);
        replaced.insert(restored["replaced"].as_str().unwrap().to_owned());
    }
    assert_eq!(replaced.len(), 6, "{replaced:?}");
    let count =
        "CREATE TEMP TABLE t (n CHECK (n = 1)); INSERT INTO t SELECT count(*) FROM schedules WHERE name = 'kept'";
    sqlite(&database, count);
}

async fn restore_into(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
    folder
        .run(&[&["restore", "backup"], arguments].concat(), variables)
        .await
}

#[tokio::test]
async fn writes_go_on_while_a_large_database_is_backed_up_and_none_is_in_it_by_half() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    assert_eq!(server.stop().await.code, Some(0));
    fill(&folder.path("data/tenon.db"), 20_000);
    let server = folder.serve(&[]).await;
    let path = folder.path("backup").display().to_string();
    let arguments = ["backup", path.as_str(), "--json"];
    let mut backup = std::pin::pin!(folder.run_long(&arguments, &[]));
    let mut written = 0;
    let made = loop {
        tokio::select! {
            made = &mut backup => break made,
            (status, _) = server.post("/api/assets", &token, json!({ "title": "Meanwhile" })) => {
                // Beyond its limit a user is refused, which writes nothing.
                assert!(status == 201 || status == 429, "{status}");
                written += u64::from(status == 201);
            }
        }
    };
    assert!(written > 0);
    let made = succeeded(&made);
    let tables = made["manifest"]["tables"].as_array().unwrap();
    let rows = |name: &str| {
        tables.iter().find(|table| table["name"] == name).unwrap()["rows"]
            .as_u64()
            .unwrap()
    };
    assert!((20_000..=20_000 + written).contains(&rows("assets")));
    let copy = folder.path("backup/tenon.db");
    // Each of them was made with its activity.
    sqlite(
        &copy,
        "CREATE TEMP TABLE t (n CHECK (n = 0)); INSERT INTO t SELECT (SELECT count(*) FROM assets WHERE title = 'Meanwhile')
            - (SELECT count(*) FROM activities WHERE about LIKE '%asset%');",
    );
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn a_backup_of_one_kind_of_database_is_not_restored_into_the_other() {
    let (folder, _) = backed_up().await;
    let database = Database::postgres();
    let refused = folder
        .run(&["restore", "backup"], &[("DATABASE_URL", database.url())])
        .await;
    assert_eq!(refused.code, Some(1));
    let message = "the backup is of SQLite, and database.url names Postgres: restore it on SQLite, and use `tenon migrate-data` then";
    assert!(refused.errors.contains(message), "{}", refused.errors);
}

#[tokio::test]
async fn without_a_database_there_is_no_backup_and_nothing_is_left_behind() {
    let folder = Folder::new();
    let refused = folder.run(&["backup", "backup"], &[]).await;
    assert_eq!(refused.errors, "tenon: ./data/tenon.db: there is no such file\n");
    assert_eq!(beginning_with(&folder, "backup"), [""; 0]);
}

/// The names in the folder that begin like this, in order.
fn beginning_with(folder: &Folder, start: &str) -> Vec<String> {
    let entries = fs::read_dir(folder.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(start)).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_folder_of_somebody_elses_beside_the_backup_stays() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["migrate"], &[]).await.code, Some(0));
    for name in ["backup.partial", "backup.partial-1"] {
        fs::create_dir(folder.path(name)).unwrap();
        fs::write(folder.path(name).join("mine"), "").unwrap();
    }
    succeeded(&folder.run(&["backup", "backup", "--json"], &[]).await);
    let names = beginning_with(&folder, "backup");
    assert_eq!(names, ["backup", "backup.partial", "backup.partial-1"]);
    assert!(folder.path("backup.partial/mine").exists() && folder.path("backup.partial-1/mine").exists());
}

#[tokio::test]
async fn what_is_left_of_a_database_that_is_gone_does_not_become_a_part_of_the_restored_one() {
    let (folder, token) = backed_up().await;
    std::fs::remove_file(folder.path("data/tenon.db")).unwrap();
    let left = folder.path("data/tenon.db-wal");
    std::fs::write(&left, "of another").unwrap();
    let refused = restore(&folder, &[]).await;
    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("tenon.db-wal"), "{}", refused.errors);
    assert!(!folder.path("data/tenon.db").exists());
    let restored = restore(&folder, &["--force"]).await;
    assert_eq!(restored.code, Some(0), "{}", restored.errors);
    assert!(!left.exists());
    assert_eq!(titles(&folder, &[], &token).await.len(), 1);
}
