//! A start that takes long: somebody else is migrating the database.

use std::fs::File;
use std::time::Duration;

use serde_json::Value;
use tenon_tests::app::{Setup, TestApp};
use tenon_tests::databases::psql;
use tenon_tests::for_each_setup;
use tenon_tests::waiting::until_ok;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

/// Far more than a start takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Under which migrations of Postgres run.
const MIGRATION: &str = "499917942638"; // 'tenon' in ASCII.

/// Migrates for as long as the answer is not dropped, or a few seconds.
async fn migrating(setup: Setup, app: &TestApp) -> oneshot::Sender<()> {
    let (ended, end) = oneshot::channel::<()>();
    let url = app.database().url().to_owned();
    match setup {
        Setup::SqliteAlone => {
            let path = format!("{}.lock", url.trim_start_matches("sqlite:"));
            let file = File::open(path).unwrap();
            file.lock().unwrap();
            spawn_blocking(move || {
                let _ = end.blocking_recv();
                drop(file);
            });
        }
        Setup::PostgresWithRedis => {
            let locking = url.clone();
            spawn_blocking(move || psql(&locking, &format!("SELECT pg_advisory_lock({MIGRATION}), pg_sleep(5)")));
            // In two halves, as "pg_locks" in the PostgreSQL manual says.
            let count = format!(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
                 AND classid::bigint = {MIGRATION} >> 32 AND objid::bigint = {MIGRATION} & 4294967295"
            );
            until_ok("the migration has begun", PATIENCE, async || {
                let locked = psql(&url, &count);
                if locked.trim() == "1" { Ok(()) } else { Err(locked) }
            })
            .await;
        }
    }
    ended
}

for_each_setup!(a_handshake_is_answered_before_the_database_is_up, |setup| {
    let app = setup.start().await;
    let migrating = migrating(setup, &app).await;
    let port = xtask::servers::free_port().unwrap().to_string();
    let base = format!("http://127.0.0.1:{port}");
    let http = reqwest::Client::new();
    let meanwhile = async {
        let handshake = format!("{base}/webhooks/graph?validationToken=a%2Bb+c");
        let answer = until_ok("the handshake is answered", PATIENCE, async || {
            let answer = http.post(&handshake).send().await;
            answer.map_err(|error| error.to_string())
        })
        .await;
        assert_eq!(
            (answer.status().as_u16(), answer.text().await.unwrap().as_str()),
            (200, "a+b c")
        );
        let live = http.get(format!("{base}/api/health/live")).send().await.unwrap();
        assert_eq!(live.status(), 200);
        let post = http.post(format!("{base}/webhooks/graph")).body(r#"{"value":[]}"#);
        for call in [
            post,
            http.get(format!("{base}/api/health/ready")),
            http.get(format!("{base}/api/assets")),
        ] {
            let answer = call.send().await.unwrap();
            assert_eq!(
                (
                    answer.status().as_u16(),
                    answer.headers()["retry-after"].to_str().unwrap()
                ),
                (503, "1")
            );
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "starting");
        }
        drop(migrating);
    };
    let variables = [("PORT", port.as_str())];
    let (another, ()) = tokio::join!(app.another(&variables), meanwhile);
    let ada = another.register("ada").await;
    ada.made_asset("Pump").await;
});
