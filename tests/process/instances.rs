use std::time::Duration;

use serde_json::json;
use tenon_tests::databases::Database;
use tenon_tests::waiting::until;

use crate::tenon::{Folder, Serving};

fn redis() -> String {
    std::env::var("TENON_TEST_REDIS").expect("no Redis: run `cargo xtask test`")
}

/// Two instances that know the same secrets and are configured alike.
async fn two(folder: &Folder, variables: &[(&str, &str)]) -> (Serving, Serving) {
    tokio::join!(folder.serve(variables), folder.serve(variables))
}

/// Ends a session on one instance, and waits for the other to refuse its token.
async fn a_logout_reaches_the_other((one, other): (Serving, Serving)) {
    let token = one.register().await;
    assert_eq!(other.get("/api/auth/me", &token).await.0, 200);
    assert_eq!(one.post("/api/auth/logout", &token, json!({})).await.0, 204);
    assert_eq!(one.get("/api/auth/me", &token).await.0, 401);
    until("the token is refused", Duration::from_secs(5), async || {
        other.get("/api/auth/me", &token).await.0 == 401
    })
    .await;
}

#[tokio::test]
async fn starts_that_race_in_one_folder_believe_each_others_tokens() {
    let folder = Folder::new();
    let (one, other) = two(&folder, &[]).await;
    let token = one.register().await;
    assert_eq!(other.get("/api/auth/me", &token).await.0, 200);
}

#[tokio::test]
async fn a_session_that_ends_on_one_instance_ends_on_another_through_sqlite() {
    let folder = Folder::new();
    a_logout_reaches_the_other(two(&folder, &[]).await).await;
}

#[tokio::test]
async fn a_session_that_ends_on_one_instance_ends_on_another_through_postgres() {
    let (folder, database) = (Folder::new(), Database::postgres());
    let instances = two(&folder, &[("DATABASE_URL", database.url())]).await;
    a_logout_reaches_the_other(instances).await;
    assert!(!folder.path("data/tenon.db").exists());
}

#[tokio::test]
async fn a_session_that_ends_on_one_instance_ends_on_another_through_redis() {
    let folder = Folder::new();
    let instances = two(&folder, &[("REDIS_URL", &redis())]).await;
    let (_, health) = instances.0.get("/api/health", "").await;
    assert_eq!(health["services"]["redis"]["status"], "up", "{health}");
    a_logout_reaches_the_other(instances).await;
}

#[tokio::test]
async fn an_instance_serves_without_the_redis_that_it_is_configured_for() {
    let folder = Folder::new();
    let server = folder.serve(&[("REDIS_URL", "redis://127.0.0.1:1")]).await;
    server.register().await;
    assert_eq!(server.get("/api/health/ready", "").await.0, 200);
    assert_eq!(server.get("/api/health", "").await.0, 503);
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn a_revocation_outlives_a_restart() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    assert_eq!(server.post("/api/auth/logout", &token, json!({})).await.0, 204);
    server.stop().await;
    let again = folder.serve(&[]).await;
    assert_eq!(again.get("/api/auth/me", &token).await.0, 401);
}
