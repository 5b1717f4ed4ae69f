//! `tenon migrate-data`.

use serde_json::{Value, json};
use tenon_tests::databases::{Database, psql, until};
use tenon_tests::lock::Lock;

use crate::filling::{fill, sqlite};
use crate::tenon::{Finished, Folder, Serving};

const ROWS: u64 = 100_000;

/// A lock that stops a copy in the middle of the messages.
const STOP: &str = "
    CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT copied FROM tenon_data_copy WHERE name = 'messages') >= 30000 THEN
            PERFORM pg_advisory_xact_lock(7);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER stop AFTER INSERT ON messages FOR EACH STATEMENT EXECUTE FUNCTION stop()";

/// Whoever waits for that lock.
const HELD_UP: &str = "pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() AND locktype = 'advisory' AND objid = 7 AND NOT granted";

fn source(folder: &Folder) -> String {
    format!("sqlite:{}", folder.path("data/tenon.db").display())
}

async fn migrate(folder: &Folder, target: &Database) -> Finished {
    let from = source(folder);
    let arguments = ["migrate-data", "--from", &from, "--to", target.url(), "--json"];
    folder.run_long(&arguments, &[]).await
}

fn report(finished: &Finished) -> Value {
    assert_eq!(finished.code, Some(0), "{}", finished.errors);
    serde_json::from_str(&finished.output).unwrap()
}

fn rows(report: &Value, table: &str) -> u64 {
    let tables = report["tables"].as_array().unwrap();
    let found = tables.iter().find(|content| content["table"] == table).unwrap();
    found["rows"].as_u64().unwrap()
}

fn count(target: &Database, table: &str) -> u64 {
    let count = psql(target.url(), &format!("SELECT count(*) FROM {table}"));
    count.trim().parse().unwrap()
}

/// Somebody's organization with an asset, a credential, a site and an invitation, made by a server that has ended.
async fn furnished(folder: &Folder) -> String {
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    let organization = organization(&server, &token).await;
    let made = [
        (
            "/api/assets".to_owned(),
            json!({ "title": "Main pump", "tags": ["cellar"] }),
        ),
        (
            "/api/credentials".to_owned(),
            json!({ "name": "Mail", "kind": "secret", "values": { "value": "canary" } }),
        ),
        (format!("/api/orgs/{organization}/sites"), json!({ "name": "Harbour" })),
        (
            format!("/api/orgs/{organization}/invitations"),
            json!({ "email": "bob@example.org", "role": "member" }),
        ),
    ];
    for (path, body) in made {
        let (status, answer) = server.post(&path, &token, body).await;
        assert_eq!(status, 201, "{path}: {answer}");
    }
    assert_eq!(server.stop().await.code, Some(0));
    token
}

async fn organization(server: &Serving, token: &str) -> String {
    let (_, me) = server.get("/api/auth/me", token).await;
    me["organization"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_installation_goes_from_sqlite_to_postgres_and_serves_there_as_before() {
    let (folder, target) = (Folder::new(), Database::postgres());
    let token = furnished(&folder).await;
    let report = report(&migrate(&folder, &target).await);
    assert_eq!((rows(&report, "assets"), rows(&report, "users")), (1, 1));
    assert_eq!(report["rowsOfEarlierRuns"], 0);
    assert_eq!(psql(target.url(), "SELECT to_regclass('tenon_data_copy')").trim(), "");

    let server = folder.serve(&[("DATABASE_URL", target.url())]).await;
    for search in ["q=main", "q=pump", "tag=cellar"] {
        let (status, found) = server.get(&format!("/api/assets?{search}"), &token).await;
        assert_eq!(
            (status, &found["items"][0]["title"]),
            (200, &json!("Main pump")),
            "{search}: {found}"
        );
    }
    let (status, answer) = server.post("/api/assets", &token, json!({ "title": "Valve" })).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(server.stop().await.code, Some(0));
    let keys = folder.run(&["keys", "status"], &[("DATABASE_URL", target.url())]).await;
    assert!(keys.output.contains("1 records  seals"), "{}", keys.output);
}

#[tokio::test]
async fn a_hundred_thousand_assets_and_messages_are_copied_although_the_copy_is_killed_in_the_middle() {
    let (folder, target) = (Folder::new(), Database::postgres());
    furnished(&folder).await;
    fill(&folder.path("data/tenon.db"), ROWS);
    let variables = [("DATABASE_URL", target.url())];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    psql(target.url(), STOP);

    let lock = Lock::advisory(&target, 7).await;
    let from = source(&folder);
    let copy = folder.start(&["migrate-data", "--from", &from, "--to", target.url()], &[]);
    until(target.url(), &format!("SELECT 1 FROM {HELD_UP}")).await;
    copy.kill().await;
    drop(lock);
    until(
        target.url(),
        &format!("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM {HELD_UP})"),
    )
    .await;
    psql(target.url(), "DROP FUNCTION stop CASCADE");
    assert_eq!(count(&target, "assets"), ROWS + 1);
    assert_eq!(count(&target, "messages"), 30_000);

    let refused = folder.run(&["serve"], &[("PORT", "0"), variables[0]]).await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.errors.contains("run the same `tenon migrate-data` again"),
        "{}",
        refused.errors
    );

    let report = report(&migrate(&folder, &target).await);
    assert!(
        report["rowsOfEarlierRuns"].as_u64().unwrap() >= ROWS + 30_000,
        "{report}"
    );
    for table in ["assets", "messages"] {
        assert_eq!(rows(&report, table), count(&target, table), "{table}");
    }
    assert_eq!(rows(&report, "messages"), ROWS);
}

#[tokio::test]
async fn a_source_that_a_server_holds_is_refused_and_the_target_stays_empty() {
    let (folder, target) = (Folder::new(), Database::postgres());
    let server = folder.serve(&[]).await;
    let refused = migrate(&folder, &target).await;
    assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
    let message = format!(
        "tenon: {} is in use: stop every server and command that has it open, then run this again\n",
        folder.path("data/tenon.db").display()
    );
    assert_eq!(refused.errors, message);
    assert_eq!(
        psql(
            target.url(),
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        )
        .trim(),
        "0"
    );
    let (status, _) = server.get("/api/health", "").await;
    assert_eq!(status, 200);
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn a_target_that_a_server_holds_is_refused() {
    let (folder, elsewhere, target) = (Folder::new(), Folder::new(), Database::postgres());
    furnished(&folder).await;
    let redis = std::env::var("TENON_TEST_REDIS").expect("no Redis: run `cargo xtask test`");
    // With Redis, nothing in the database says that an instance is there.
    let server = elsewhere
        .serve(&[("DATABASE_URL", target.url()), ("REDIS_URL", &redis)])
        .await;
    let refused = migrate(&folder, &target).await;
    assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
    assert_eq!(
        refused.errors,
        "tenon: a server or another command has the target open: stop all of them, then run this again\n"
    );
    assert_eq!(psql(target.url(), "SELECT to_regclass('tenon_data_copy')").trim(), "");
    assert_eq!(server.get("/api/health", "").await.0, 200);
    assert_eq!(server.stop().await.code, Some(0));
    let refused = migrate(&folder, &target).await;
    let left = "tenon: the target is not empty: schedules has rows";
    assert!(refused.errors.starts_with(left), "{}", refused.errors);
}

#[tokio::test]
async fn a_target_with_data_is_refused() {
    let (folder, target) = (Folder::new(), Database::postgres());
    furnished(&folder).await;
    report(&migrate(&folder, &target).await);
    let refused = migrate(&folder, &target).await;
    assert_eq!(refused.code, Some(1));
    assert_eq!(
        refused.errors,
        "tenon: the target is not empty: users has rows; copy into a database of its own\n"
    );
}

#[tokio::test]
async fn a_target_that_was_written_to_before_the_first_row_was_copied_is_refused() {
    let (folder, target) = (Folder::new(), Database::postgres());
    furnished(&folder).await;
    let variables = [("DATABASE_URL", target.url())];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    psql(target.url(), "ALTER TABLE users ADD CONSTRAINT none CHECK (email = '')");
    assert_eq!(migrate(&folder, &target).await.code, Some(1));
    psql(target.url(), "ALTER TABLE users DROP CONSTRAINT none");
    assert_eq!(count(&target, "tenon_data_copy WHERE copied > 0"), 0);
    let written = "INSERT INTO schedules (name, called_at) VALUES ('somebody', now())";
    psql(target.url(), written);
    let refused = migrate(&folder, &target).await;
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    let left = "tenon: the target is not empty: schedules has rows";
    assert!(refused.errors.starts_with(left), "{}", refused.errors);
    psql(target.url(), "DELETE FROM schedules");
    assert_eq!(rows(&report(&migrate(&folder, &target).await), "users"), 1);
}

#[tokio::test]
async fn a_source_of_an_older_version_is_refused_with_the_remedy() {
    let (folder, target) = (Folder::new(), Database::postgres());
    assert_eq!(folder.run(&["migrate"], &[]).await.code, Some(0));
    let last =
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    sqlite(&folder.path("data/tenon.db"), last);
    let refused = migrate(&folder, &target).await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.errors.contains("SQLite has the tables of version"),
        "{}",
        refused.errors
    );
    assert!(refused.errors.contains("`tenon migrate`"), "{}", refused.errors);
}

#[tokio::test]
async fn a_source_that_changed_after_an_interrupted_copy_is_refused() {
    let (folder, target) = (Folder::new(), Database::postgres());
    furnished(&folder).await;
    let variables = [("DATABASE_URL", target.url())];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    psql(target.url(), "ALTER TABLE sites ADD CONSTRAINT none CHECK (name = '')");
    let failed = migrate(&folder, &target).await;
    assert_eq!(failed.code, Some(1), "{}", failed.output);
    assert!(failed.errors.contains("tenon: Postgres: "), "{}", failed.errors);
    psql(target.url(), "ALTER TABLE sites DROP CONSTRAINT none");
    sqlite(
        &folder.path("data/tenon.db"),
        "UPDATE users SET display_name = 'Somebody else'",
    );
    let refused = migrate(&folder, &target).await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.errors.contains("users in the source is not what it was"),
        "{}",
        refused.errors
    );
    sqlite(&folder.path("data/tenon.db"), "UPDATE users SET display_name = 'Ada'");
    assert_eq!(rows(&report(&migrate(&folder, &target).await), "sites"), 1);
}

#[tokio::test]
async fn a_copy_that_is_not_what_its_source_is_ends_with_1_and_says_where() {
    let (folder, target) = (Folder::new(), Database::postgres());
    furnished(&folder).await;
    let variables = [("DATABASE_URL", target.url())];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    let spoil =
        "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name = 'spoiled'; RETURN NEW; END $$;
        CREATE TRIGGER spoil BEFORE INSERT ON sites FOR EACH ROW EXECUTE FUNCTION spoil()";
    psql(target.url(), spoil);
    let failed = migrate(&folder, &target).await;
    assert_eq!((failed.code, failed.output.as_str()), (Some(1), ""));
    let message = "tenon: the copy differs from its source: sites has 1 rows as it should, but others";
    assert!(failed.errors.contains(message), "{}", failed.errors);
}
