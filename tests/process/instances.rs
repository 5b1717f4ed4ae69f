use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::tenon::Folder;

#[tokio::test]
async fn starts_that_race_in_one_folder_believe_each_others_tokens() {
    let folder = Folder::new();
    let (one, other) = tokio::join!(folder.serve(&[]), folder.serve(&[]));
    let token = one.register().await;
    assert_eq!(other.get("/api/auth/me", &token).await.0, 200);
}

#[tokio::test]
async fn a_session_that_ends_on_one_instance_ends_on_another_within_5_seconds() {
    let folder = Folder::new();
    let (one, other) = tokio::join!(folder.serve(&[]), folder.serve(&[]));
    let token = one.register().await;
    assert_eq!(other.get("/api/auth/me", &token).await.0, 200);
    assert_eq!(one.post("/api/auth/logout", &token, json!({})).await.0, 204);
    assert_eq!(one.get("/api/auth/me", &token).await.0, 401);
    let ended = Instant::now();
    while other.get("/api/auth/me", &token).await.0 != 401 {
        assert!(ended.elapsed() < Duration::from_secs(5), "the token is still good");
        sleep(Duration::from_millis(100)).await;
    }
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
