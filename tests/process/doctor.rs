//! `tenon doctor`.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use tenon_tests::databases::{Database, psql};
use tenon_tests::program::variable;
use xtask::servers::Redis;

use crate::filling::sqlite;
use crate::tenon::Folder;

/// What was found, and the exit code.
async fn examine(folder: &Folder, variables: &[(&str, &str)]) -> (Option<i32>, Vec<Value>) {
    let port = [("PORT", "0")];
    let finished = folder.run(&["doctor", "--json"], &[&port, variables].concat()).await;
    assert_eq!(finished.errors, "");
    let report: Value = serde_json::from_str(&finished.output).unwrap();
    assert_eq!(report["healthy"], finished.code == Some(0));
    (finished.code, report["findings"].as_array().unwrap().clone())
}

/// What was found of a thing, in its worst state, with what to do.
fn of(findings: &[Value], thing: &str) -> (String, String) {
    let rank = |finding: &&Value| {
        ["ok", "warning", "failure"]
            .iter()
            .position(|state| finding["state"] == *state)
    };
    let found = findings
        .iter()
        .filter(|finding| finding["thing"] == thing)
        .max_by_key(rank);
    let found = found.unwrap_or_else(|| panic!("nothing of {thing}: {findings:?}"));
    let text = format!(
        "{} {}",
        found["found"].as_str().unwrap(),
        found["remedy"].as_str().unwrap_or_default()
    );
    (found["state"].as_str().unwrap().to_owned(), text)
}

#[track_caller]
fn assert_found(findings: &[Value], thing: &str, state: &str, words: &[&str]) {
    let (found, text) = of(findings, thing);
    assert_eq!(found, state, "{text}");
    for word in words {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[tokio::test]
async fn nothing_is_wrong_with_an_empty_folder_and_nothing_is_made_in_it() {
    let folder = Folder::new();
    let (code, findings) = examine(&folder, &[]).await;
    assert_eq!(code, Some(0), "{findings:?}");
    assert_found(&findings, "database", "ok", &["the first start makes it"]);
    assert_found(&findings, "secrets", "ok", &["the first start makes them"]);
    assert!(!folder.path("data").exists());
}

#[tokio::test]
async fn an_installation_that_serves_is_found_well() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let port = server.address().rsplit(':').next().unwrap().to_owned();
    let (code, findings) = examine(&folder, &[("PORT", &port)]).await;
    assert_eq!(code, Some(0), "{findings:?}");
    for (thing, words) in [
        ("database", "SQLite 3"),
        ("schema", "this version's"),
        ("durability", "on disk"),
        ("port", "a Tenon is ready"),
        ("keys", "1 here"),
        ("data folder", "mode 700"),
    ] {
        assert_found(&findings, thing, "ok", &[words]);
    }
    let finished = folder.run(&["doctor"], &[("PORT", &port)]).await;
    assert_eq!(finished.code, Some(0));
    let first = finished.output.lines().next().unwrap();
    assert!(first.starts_with("ok       database      SQLite 3."), "{first}");
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn a_port_that_something_else_has_is_a_failure() {
    let folder = Folder::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let (code, findings) = examine(&folder, &[("PORT", &port)]).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "port", "failure", &["is taken", "PORT"]);
}

#[tokio::test]
async fn secrets_that_others_can_read_and_keys_that_are_lost_are_failures() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    let credential = json!({ "name": "Mail", "kind": "secret", "values": { "value": "canary" } });
    assert_eq!(server.post("/api/credentials", &token, credential).await.0, 201);
    assert_eq!(server.stop().await.code, Some(0));

    let (file, data) = (folder.path("data/secrets.toml"), folder.path("data"));
    for (path, mode) in [(&file, 0o644), (&data, 0o755)] {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    let (code, findings) = examine(&folder, &[]).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "secrets", "failure", &["chmod 600 ./data/secrets.toml"]);
    assert_found(&findings, "data folder", "warning", &["chmod 700 ./data"]);

    fs::rename(&file, folder.path("elsewhere")).unwrap();
    let (code, findings) = examine(&folder, &[]).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "secrets", "failure", &["records are sealed under 1 keys"]);
    assert!(!file.exists());

    let other = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let secrets = [
        ("JWT_SECRET", other),
        ("ENCRYPTION_KEY", other),
        ("OPERATOR_PASSWORD", "plum-harbor-42"),
    ];
    let (code, findings) = examine(&folder, &secrets).await;
    assert_eq!(code, Some(1));
    assert_found(
        &findings,
        "keys",
        "failure",
        &["which is not here", "auth.previous_encryption_keys"],
    );
}

#[tokio::test]
async fn a_database_that_is_not_there_is_a_failure_that_tells_no_password() {
    let url = "postgres://ada:hunter2@127.0.0.1:1/tenon";
    let (code, findings) = examine(&Folder::new(), &[("DATABASE_URL", url)]).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "database", "failure", &["DATABASE_URL"]);
    assert!(!format!("{findings:?}").contains("hunter2"));
}

#[tokio::test]
async fn postgres_and_redis_are_looked_at_with_their_clocks_and_settings() {
    let (folder, database) = (Folder::new(), Database::postgres());
    let redis = variable("TENON_TEST_REDIS");
    let variables = [("DATABASE_URL", database.url()), ("REDIS_URL", redis.as_str())];
    let (code, findings) = examine(&folder, &variables).await;
    assert_eq!(code, Some(0), "{findings:?}");
    assert_found(&findings, "database", "ok", &["PostgreSQL"]);
    assert_found(&findings, "schema", "ok", &["no tables yet"]);
    assert_found(&findings, "eviction", "ok", &["noeviction"]);
    let clocks = findings.iter().filter(|finding| finding["thing"] == "clock").count();
    assert_eq!(clocks, 2);
    let tables = psql(
        database.url(),
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
    );
    assert_eq!(tables.trim(), "0");

    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    let name = psql(database.url(), "SELECT current_database()");
    psql(
        database.url(),
        &format!("ALTER DATABASE {} SET synchronous_commit = off", name.trim()),
    );
    psql(database.url(), "CREATE TABLE tenon_data_copy (name text)");
    let (code, findings) = examine(&folder, &variables).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "durability", "failure", &["synchronous_commit = off"]);
    assert_found(&findings, "schema", "failure", &["tenon migrate-data"]);
}

#[tokio::test]
async fn a_redis_that_forgets_is_a_failure_and_so_is_one_that_is_not_there() {
    let redis = Redis::start().unwrap();
    let mut connection = redis::Client::open(redis.url()).unwrap().get_connection().unwrap();
    redis::cmd("CONFIG")
        .arg(&["SET", "maxmemory-policy", "allkeys-lru"])
        .exec(&mut connection)
        .unwrap();
    let (code, findings) = examine(&Folder::new(), &[("REDIS_URL", &redis.url())]).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "redis", "ok", &["answers in"]);
    assert_found(&findings, "eviction", "failure", &["allkeys-lru", "noeviction"]);

    let (code, findings) = examine(&Folder::new(), &[("REDIS_URL", "redis://:hunter2@127.0.0.1:1")]).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "redis", "failure", &["REDIS_URL"]);
    assert!(!format!("{findings:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_schema_that_is_older_or_newer_is_told() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["migrate"], &[]).await.code, Some(0));
    let database = folder.path("data/tenon.db");
    sqlite(
        &database,
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')",
    );
    let (code, findings) = examine(&folder, &[]).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "schema", "failure", &["is newer than"]);
    sqlite(
        &database,
        "DELETE FROM __diesel_schema_migrations WHERE version > '20261121000001'",
    );
    let (code, findings) = examine(&folder, &[]).await;
    assert_eq!(code, Some(0));
    assert_found(&findings, "schema", "warning", &["tenon migrate"]);
}

#[tokio::test]
async fn proxies_are_compared_with_the_address_that_people_use() {
    let folder = Folder::new();
    let https = ("APP_URL", "https://app.example.org");
    let (code, findings) = examine(&folder, &[https]).await;
    assert_eq!(code, Some(0));
    assert_found(&findings, "proxies", "warning", &["proxies.trusted"]);
    let (code, findings) = examine(&folder, &[https, ("TENON__PROXIES__TRUSTED", "10.0.0.0/8")]).await;
    assert_eq!(code, Some(0));
    assert_found(&findings, "proxies", "ok", &["10.0.0.0/8"]);
    let (code, findings) = examine(&folder, &[https, ("TENON__PROXIES__TRUSTED", "0.0.0.0/0")]).await;
    assert_eq!(code, Some(1));
    assert_found(&findings, "proxies", "failure", &["0.0.0.0/0"]);
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_refused_without_a_piece_of_the_password() {
    let folder = Folder::new();
    for (url, told) in [
        ("postgres://u:S3cr%et@127.0.0.1:1/one", "write %25 for a %"),
        ("postgres://u:S3cr/et@127.0.0.1:1/one", "%2F for /"),
        (
            "postgres://u:S3cret@[::1/db",
            "has a host or a port that cannot be read",
        ),
    ] {
        for arguments in [&[][..], &["doctor"], &["migrate-data", "--from", "sqlite:none"]] {
            let refused = folder.run(arguments, &[("DATABASE_URL", url)]).await;
            let code = if arguments.len() > 1 { 1 } else { 78 };
            assert_eq!(refused.code, Some(code), "{}", refused.errors);
            assert!(refused.errors.contains(told), "{}", refused.errors);
            let all = refused.output + &refused.errors;
            assert!(!all.contains("S3cr") && !all.contains("et@"), "{all}");
        }
    }
}
