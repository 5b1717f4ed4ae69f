//! `tenon keys`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;
use tenon_crypto::KeyFile;
use tenon_tests::vault::{KEYS, age, key_file};

use crate::filling::sqlite;
use crate::tenon::{Finished, Folder, Serving, mode};

async fn credential(server: &Serving, token: &str) {
    let body = json!({ "name": "Mail", "kind": "secret", "values": { "value": "canary" } });
    let (status, answer) = server.post("/api/credentials", token, body).await;
    assert_eq!(status, 201, "{answer}");
}

fn succeeded(finished: &Finished) -> Vec<&str> {
    assert_eq!((finished.code, finished.errors.as_str()), (Some(0), ""));
    finished.output.lines().collect()
}

/// How many records are under each key, and what becomes of it: the lines of `tenon keys status`.
async fn status(folder: &Folder, variables: &[(&str, &str)]) -> Vec<(u64, String)> {
    let finished = folder.run(&["keys", "status"], variables).await;
    let keys = succeeded(&finished).into_iter().filter(|line| line.starts_with("  "));
    keys.map(|line| {
        let (_, rest) = line.trim().split_once("  ").unwrap();
        let (records, role) = rest.split_once(" records  ").unwrap();
        (records.trim().parse().unwrap(), role.to_owned())
    })
    .collect()
}

fn keys<const N: usize>(expected: [(u64, &str); N]) -> Vec<(u64, String)> {
    expected.map(|(records, role)| (records, role.to_owned())).into()
}

#[tokio::test]
async fn a_development_installation_gets_a_key_file_when_it_first_rotates_while_it_serves() {
    let folder = Folder::new();
    let mut server = folder.serve(&[]).await;
    let token = server.register().await;
    for _ in 0..3 {
        credential(&server, &token).await;
    }
    assert_eq!(status(&folder, &[]).await, keys([(3, "seals")]));
    assert!(!folder.path("data/encryption.keys").exists());

    let finished = folder.run(&["keys", "rotate"], &[]).await;
    let lines = succeeded(&finished);
    let (key, rest) = lines[0].split_once(' ').unwrap();
    assert_eq!(
        (key.len(), rest),
        (16, "is the new key, first in ./data/encryption.keys")
    );
    assert!(lines.contains(&"3 of 3 records"), "{lines:?}");
    assert!(
        lines.contains(&format!("all 3 records are under {key}").as_str()),
        "{lines:?}"
    );
    assert_eq!(mode(&folder.path("data/encryption.keys")), 0o600);
    let listed = folder.run(&["audit", "list", "--action", "keys.rotated"], &[]).await;
    let told = format!("keys.rotated  by operator  key {key}");
    assert!(succeeded(&listed)[0].ends_with(&told), "{}", listed.output);
    let line = server.wait_for_log("another key seals from now on").await;
    assert_eq!(line["key"], *key);
    credential(&server, &token).await;
    assert_eq!(status(&folder, &[]).await, keys([(4, "seals"), (0, "opens")]));

    assert_eq!(server.stop().await.code, Some(0));
    let again = folder.serve(&[]).await;
    assert_eq!(again.get("/api/credentials", &token).await.0, 200);
}

#[tokio::test]
async fn no_key_goes_before_its_time_and_one_command_at_a_time_changes_the_keys() {
    let (folder, data) = (Folder::new(), tempfile::tempdir().unwrap());
    let file = key_file(data.path(), &KEYS);
    let variables = [("TENON__AUTH__ENCRYPTION_KEY_FILE", file.path().to_str().unwrap())];
    for (arguments, told) in [
        (
            &["keys", "rotate", "--finish"][..],
            "no answer or ticket that is kept for a day",
        ),
        (
            &["keys", "rotate", "--finish", "--at-once"],
            "no instance still writes with an old key",
        ),
    ] {
        let early = folder.run(arguments, &variables).await;
        assert_eq!(early.code, Some(1));
        assert!(
            early.errors.starts_with("tenon: no key goes yet") && early.errors.contains(told),
            "{}",
            early.errors
        );
    }
    let _lock = file.lock().unwrap();
    let busy = folder.run(&["keys", "rotate"], &variables).await;
    assert_eq!(busy.code, Some(1));
    assert!(
        busy.errors.ends_with("are being changed by somebody else\n"),
        "{}",
        busy.errors
    );
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), KEYS.join("\n"));
}

#[tokio::test]
async fn keys_go_a_day_after_the_rotation_and_only_when_nothing_is_under_them() {
    let (folder, data) = (Folder::new(), tempfile::tempdir().unwrap());
    let file = key_file(data.path(), &KEYS);
    let variables = [("TENON__AUTH__ENCRYPTION_KEY_FILE", file.path().to_str().unwrap())];
    let server = folder.serve(&variables).await;
    credential(&server, &server.register().await).await;
    // The record is under the second key from here on.
    file.add(&file.lock().unwrap()).unwrap();
    age(&file);
    let finished = folder.run(&["keys", "rotate", "--finish"], &variables).await;
    let gone = succeeded(&finished);
    assert_eq!(gone.len(), 2, "{gone:?}");
    assert_eq!(status(&folder, &variables).await, keys([(0, "seals"), (1, "opens")]));

    let finished = folder.run(&["keys", "rotate"], &variables).await;
    let lines = succeeded(&finished);
    assert!(
        lines[0].starts_with("1 records are under other keys: going on"),
        "{lines:?}"
    );
    age(&file);
    let finished = folder
        .run(&["keys", "rotate", "--finish", "--at-once"], &variables)
        .await;
    assert_eq!(succeeded(&finished).len(), 1);
    assert_eq!(status(&folder, &variables).await, keys([(1, "seals")]));
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(KEYS.iter().all(|key| !text.contains(key)), "{text}");
}

#[tokio::test]
async fn a_rotation_that_goes_on_takes_what_came_under_the_old_key_meanwhile() {
    let (folder, data) = (Folder::new(), tempfile::tempdir().unwrap());
    let file = key_file(data.path(), &KEYS);
    let variables = [("TENON__AUTH__ENCRYPTION_KEY_FILE", file.path().to_str().unwrap())];
    let server = folder.serve(&variables).await;
    credential(&server, &server.register().await).await;
    assert_eq!(server.stop().await.code, Some(0));
    file.add(&file.lock().unwrap()).unwrap();
    // Once, the record is under its old key again, as if an instance had written it that has not read the file.
    let meanwhile = "CREATE TABLE once (id INTEGER);
        CREATE TRIGGER meanwhile AFTER UPDATE OF key_id ON credentials WHEN NOT EXISTS (SELECT 1 FROM once) BEGIN
            INSERT INTO once VALUES (1);
            UPDATE credentials SET key_id = OLD.key_id, wrapped = OLD.wrapped WHERE id = OLD.id;
        END";
    sqlite(&folder.path("data/tenon.db"), meanwhile);
    let finished = folder.run(&["keys", "rotate"], &variables).await;
    let lines = succeeded(&finished);
    assert!(
        lines.iter().any(|line| line.starts_with("all 1 records are under ")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn records_come_under_the_configured_key_and_one_that_is_missing_is_told() {
    let folder = Folder::new();
    let old = [("ENCRYPTION_KEY", KEYS[0])];
    let both = [
        ("ENCRYPTION_KEY", KEYS[1]),
        ("TENON__AUTH__PREVIOUS_ENCRYPTION_KEYS", KEYS[0]),
    ];
    let new = [("ENCRYPTION_KEY", KEYS[1])];
    let server = folder.serve(&old).await;
    credential(&server, &server.register().await).await;
    server.stop().await;
    assert_eq!(
        status(&folder, &new).await,
        keys([(0, "seals"), (1, "is not there: these records cannot be read")])
    );
    assert_eq!(status(&folder, &both).await, keys([(0, "seals"), (1, "opens")]));
    let lost = folder.run(&["keys", "rotate"], &new).await;
    assert_eq!(lost.code, Some(1), "{}", lost.errors);
    assert!(
        lost.output.contains("0 records are under") && lost.output.contains("1 are not"),
        "{}",
        lost.output
    );
    let finished = folder.run(&["keys", "rotate"], &both).await;
    let lines = succeeded(&finished);
    assert!(
        lines[0].starts_with("1 records are under other keys than auth.encryption_key"),
        "{lines:?}"
    );
    assert!(lines.last().unwrap().starts_with("to change the key: "), "{lines:?}");
    assert_eq!(status(&folder, &new).await, keys([(1, "seals")]));
    let finish = folder.run(&["keys", "rotate", "--finish"], &both).await;
    assert!(
        finish.errors.contains("auth.previous_encryption_keys"),
        "{}",
        finish.errors
    );
}

#[tokio::test]
async fn a_key_file_that_others_can_read_or_that_is_not_there_is_refused_with_the_remedy() {
    let (folder, data) = (Folder::new(), tempfile::tempdir().unwrap());
    let file: KeyFile = key_file(data.path(), &KEYS);
    let path = file.path().to_str().unwrap();
    let variables = [("PORT", "0"), ("TENON__AUTH__ENCRYPTION_KEY_FILE", path)];
    std::fs::set_permissions(path, Permissions::from_mode(0o640)).unwrap();
    let finished = folder.run(&[], &variables).await;
    assert_eq!(finished.code, Some(1));
    assert!(
        finished.errors.contains(&format!("(mode 640); run `chmod 600 {path}`")),
        "{}",
        finished.errors
    );
    std::fs::remove_file(path).unwrap();
    let finished = folder.run(&[], &variables).await;
    assert!(
        finished.code == Some(1) && finished.errors.contains(path),
        "{}",
        finished.errors
    );
    let both = [variables[1], ("ENCRYPTION_KEY", KEYS[0])];
    assert_eq!(folder.run(&["config", "check"], &both).await.code, Some(78));
}
