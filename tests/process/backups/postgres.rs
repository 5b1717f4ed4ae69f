use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::json;
use tenon_tests::databases::{Database, program, psql, until};

use super::{beginning_with, flip, succeeded, titles};
use crate::tenon::{Folder, PATIENCE, mode};

const PAUSE: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_database_on_postgres_is_backed_up_while_serving_and_restored_into_another() {
    let (folder, from, to) = (Folder::new(), Database::postgres(), Database::postgres());
    let (of_first, of_second) = ([("DATABASE_URL", from.url())], [("DATABASE_URL", to.url())]);
    let server = folder.serve(&of_first).await;
    let token = server.register().await;
    let (status, _) = server
        .post("/api/assets", &token, json!({ "title": "Main pump" }))
        .await;
    assert_eq!(status, 201);
    let made = succeeded(&folder.run(&["backup", "backup", "--json"], &of_first).await);
    assert_eq!(made["manifest"]["database"], "postgres");

    let running = folder.run(&["restore", "backup", "--force"], &of_first).await;
    assert_eq!(running.code, Some(1));
    assert!(
        running.errors.contains("others are connected to the database"),
        "{}",
        running.errors
    );
    assert_eq!(server.stop().await.code, Some(0));
    let occupied = folder.run(&["restore", "backup"], &of_first).await;
    assert!(
        occupied.errors.contains("there is data in the database already"),
        "{}",
        occupied.errors
    );

    let restored = folder.run(&["restore", "backup"], &of_second).await;
    assert_eq!(restored.code, Some(0), "{}", restored.errors);
    assert_eq!(titles(&folder, &of_second, &token).await, ["Main pump"]);

    psql(to.url(), "UPDATE assets SET title = 'Changed'");
    psql(
        to.url(),
        "CREATE FUNCTION later() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE later (id int)",
    );
    let over = folder.run(&["restore", "backup", "--force"], &of_second).await;
    assert_eq!(over.code, Some(0), "{}", over.errors);
    assert_eq!(psql(to.url(), "SELECT to_regclass('later')").trim(), "");
    assert_eq!(titles(&folder, &of_second, &token).await, ["Main pump"]);
}

#[tokio::test]
async fn a_restore_into_postgres_that_fails_leaves_what_was_there() {
    let (folder, database) = (Folder::new(), Database::postgres());
    let variables = [("DATABASE_URL", database.url())];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    assert_eq!(folder.run(&["backup", "backup"], &variables).await.code, Some(0));
    psql(
        database.url(),
        "CREATE SCHEMA other; CREATE TABLE other.kept (id int); CREATE VIEW other.uses AS SELECT id FROM users",
    );
    // Nobody may make tables here any more, in the middle of it.
    psql(
        database.url(),
        "CREATE FUNCTION other.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
            IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.messages') THEN
                RAISE 'no'; END IF; END $$;
         CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION other.refuse()",
    );
    psql(database.url(), "INSERT INTO schedules VALUES ('kept', now())");
    let failed = folder.run(&["restore", "backup", "--force"], &variables).await;
    assert_eq!(failed.code, Some(1), "{}", failed.output);
    assert!(failed.errors.contains("psql failed: "), "{}", failed.errors);
    assert_eq!(psql(database.url(), "SELECT name FROM schedules").trim(), "kept");
    psql(database.url(), "DROP EVENT TRIGGER refuse");
}

#[tokio::test]
async fn a_flipped_byte_in_an_archive_of_postgres_is_found() {
    let (folder, database) = (Folder::new(), Database::postgres());
    let variables = [("DATABASE_URL", database.url())];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    assert_eq!(folder.run(&["backup", "backup"], &variables).await.code, Some(0));
    let whole = folder.run(&["restore", "backup", "--verify"], &variables).await;
    assert_eq!(whole.code, Some(0), "{}", whole.errors);
    let path = folder.path("backup/database.dump");
    let middle = usize::try_from(path.metadata().unwrap().len()).unwrap() / 2;
    flip(&path, middle);
    let found = folder.run(&["restore", "backup", "--verify"], &variables).await;
    assert_eq!(found.code, Some(1));
    assert!(
        found.errors.contains("database.dump: it is not what was written"),
        "{}",
        found.errors
    );
}

/// Writes a part of what a restore does, and fails.
const BROKEN: &str = "#!/bin/sh
case \"$*\" in
    --version) echo 'pg_restore (PostgreSQL) 99.0' ;;
    *--file=-*) echo 'CREATE TABLE half (id int);'; echo 'COPY half (id) FROM stdin;'; echo 1; exit 1 ;;
esac
";

#[tokio::test]
async fn a_pg_restore_that_ends_in_the_middle_commits_nothing() {
    let (folder, database) = (Folder::new(), Database::postgres());
    let variables = [("DATABASE_URL", database.url())];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    assert_eq!(folder.run(&["backup", "backup"], &variables).await.code, Some(0));
    psql(database.url(), "INSERT INTO schedules VALUES ('kept', now())");
    let program = folder.path("pg_restore");
    std::fs::write(&program, BROKEN).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let failed = folder
        .run(&["restore", "backup", "--force"], &[variables[0], ("PATH", &path)])
        .await;
    assert_eq!(failed.code, Some(1), "{}", failed.output);
    assert!(failed.errors.contains("pg_restore failed: "), "{}", failed.errors);
    assert_eq!(psql(database.url(), "SELECT name FROM schedules").trim(), "kept");
    assert_eq!(psql(database.url(), "SELECT to_regclass('half')").trim(), "");
}

/// Puts a program before the real one of this name that notes each start in a file `NAME-NUMBER` and waits for the file `go`; gives the
/// path to find it on.
fn held_up(folder: &Folder, name: &str) -> String {
    let (real, path) = (program(name), folder.path("programs"));
    fs::create_dir_all(&path).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] && exec {real} --version\ntouch {name}-$$\nwhile [ ! -e go ]; do sleep 0.05; done\nexec {real} \"$@\"\n",
        real = real.display()
    );
    let program = path.join(name);
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", path.display())
}

/// Waits until a program that is held up was started so many times.
async fn started(folder: &Folder, name: &str, times: usize) {
    let begun = || beginning_with(folder, &format!("{name}-")).len();
    let waiting = async {
        while begun() < times {
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("it does not begin");
}

#[tokio::test]
async fn a_server_that_starts_while_data_is_replaced_waits_and_loses_nothing() {
    let (folder, database) = (Folder::new(), Database::postgres());
    let variables = [("DATABASE_URL", database.url())];
    let server = folder.serve(&variables).await;
    let token = server.register().await;
    assert_eq!(server.stop().await.code, Some(0));
    assert_eq!(folder.run(&["backup", "backup"], &variables).await.code, Some(0));

    let path = held_up(&folder, "psql");
    let with_path = [variables[0], ("PATH", path.as_str())];
    let restore = folder.run_long(&["restore", "backup", "--force"], &with_path);
    let serve = async {
        started(&folder, "psql", 1).await;
        let waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let mut serve = std::pin::pin!(folder.serve(&variables));
        tokio::select! {
            _ = &mut serve => panic!("it serves what is being replaced"),
            _ = until(database.url(), waits) => {}
        }
        fs::write(folder.path("go"), "").unwrap();
        serve.await
    };
    let (restored, server) = tokio::join!(restore, serve);
    assert_eq!(restored.code, Some(0), "{}", restored.errors);
    let (status, answer) = server.post("/api/assets", &token, json!({ "title": "Valve" })).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(server.stop().await.code, Some(0));
    assert_eq!(titles(&folder, &variables, &token).await, ["Valve"]);
}

#[tokio::test]
async fn of_two_backups_to_one_path_at_once_one_is_there_whole_and_the_other_is_refused() {
    let (folder, database) = (Folder::new(), Database::postgres());
    let variables = [("DATABASE_URL", database.url())];
    assert_eq!(folder.run(&["migrate"], &variables).await.code, Some(0));
    let path = held_up(&folder, "pg_dump");
    let with_path = [variables[0], ("PATH", path.as_str())];
    let backup = || folder.run_long(&["backup", "backup"], &with_path);
    let go = async {
        started(&folder, "pg_dump", 2).await;
        fs::write(folder.path("go"), "").unwrap();
    };
    let (first, second, ()) = tokio::join!(backup(), backup(), go);
    let refused = if first.code == Some(0) { second } else { first };
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    let message = "tenon: backup is there already: choose another name\n";
    assert!(refused.errors.ends_with(message), "{}", refused.errors);
    assert_eq!(beginning_with(&folder, "backup"), ["backup"]);
    let whole = folder.run(&["restore", "backup", "--verify"], &variables).await;
    assert_eq!(whole.code, Some(0), "{}", whole.errors);
}

#[tokio::test]
async fn a_backup_with_secrets_is_restored_where_there_is_no_data_folder() {
    let (folder, other) = (Folder::new(), Folder::new());
    let (from, to) = (Database::postgres(), Database::postgres());
    let (of_first, of_second) = ([("DATABASE_URL", from.url())], [("DATABASE_URL", to.url())]);
    let server = folder.serve(&of_first).await;
    let token = server.register().await;
    assert_eq!(server.stop().await.code, Some(0));
    let backup = other.path("backup").display().to_string();
    let made = folder.run(&["backup", &backup, "--with-secrets"], &of_first).await;
    assert_eq!(made.code, Some(0), "{}", made.errors);

    // Where no secrets can be put, nothing is replaced.
    fs::write(other.path("data"), "").unwrap();
    let refused = other.run(&["restore", "backup"], &of_second).await;
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(refused.errors.contains("tenon: ./data"), "{}", refused.errors);
    assert_eq!(psql(to.url(), "SELECT to_regclass('users')").trim(), "");
    fs::remove_file(other.path("data")).unwrap();

    let restored = other.run(&["restore", "backup"], &of_second).await;
    assert_eq!(restored.code, Some(0), "{}", restored.errors);
    assert_eq!(mode(&other.path("data")), 0o700);
    let names: Vec<_> = fs::read_dir(other.path("data")).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let server = other.serve(&of_second).await;
    let (status, me) = server.get("/api/auth/me", &token).await;
    assert_eq!((status, &me["user"]["email"]), (200, &json!("ada@example.org")));
    assert_eq!(server.stop().await.code, Some(0));
}
