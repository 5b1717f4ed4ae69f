//! Many at once on an empty database.

use std::collections::HashSet;
use std::env;

use tenon_tests::app::{Setup, TestApp};
use tenon_tests::databases::psql;
use tenon_tests::race::race;
use tokio::process::Command;

const AT_ONCE: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_instances_that_start_at_once_on_an_empty_postgres_all_serve_it() {
    let apps = TestApp::start_together(Setup::PostgresWithRedis.options(), AT_ONCE).await;
    let ada = apps[0].register("ada").await;
    for app in &apps {
        let made = ada.at(app).made_asset("Pump").await;
        ada.asset(&made).await.expect(200);
    }
    let versions = psql(
        apps[0].database().url(),
        "SELECT version FROM __diesel_schema_migrations",
    );
    let versions: Vec<&str> = versions.lines().collect();
    assert!(!versions.is_empty());
    assert_eq!(
        versions.iter().collect::<HashSet<_>>().len(),
        versions.len(),
        "{versions:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_migrations_at_once_of_one_sqlite_file_all_succeed() {
    let folder = tempfile::tempdir().unwrap();
    let binary = env::var("TENON_TEST_BINARY").expect("TENON_TEST_BINARY is not set: run `cargo xtask test`");
    let migrations = (0..AT_ONCE).map(|_| {
        let mut command = Command::new(&binary);
        command
            .arg("migrate")
            .env_clear()
            .current_dir(folder.path())
            .kill_on_drop(true);
        async move { command.output().await.unwrap() }
    });
    for output in race(migrations).await {
        let said = (output.status.code(), String::from_utf8(output.stdout).unwrap());
        assert_eq!(
            said,
            (Some(0), "the database is up to date\n".to_owned()),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let again = Command::new(&binary)
        .arg("migrate")
        .env_clear()
        .current_dir(folder.path())
        .output()
        .await
        .unwrap();
    assert_eq!(again.status.code(), Some(0));
}
