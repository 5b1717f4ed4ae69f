use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::tenon::{Folder, mode};

#[tokio::test]
async fn a_first_start_needs_nothing_and_tells_what_it_made() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    assert_eq!(server.get("/api/health", "").await.0, 200);
    let ready = server.log.last().unwrap();
    assert!(ready["ms"].as_f64().unwrap() > 0.0, "{ready}");
    let banner = server.errors();
    for part in [
        &format!("is ready at {}", server.origin),
        "./data\n",
        "SQLite, embedded",
        "./data/secrets.toml",
        "JWT_SECRET, ENCRYPTION_KEY and OPERATOR_PASSWORD",
    ] {
        assert!(banner.contains(part), "{part} in:\n{banner}");
    }
    assert!(
        server
            .log
            .iter()
            .any(|line| line["level"] == "WARN" && line["message"].to_string().contains("Redis"))
    );
    assert_eq!(
        (mode(&folder.path("data")), mode(&folder.path("data/secrets.toml"))),
        (0o700, 0o600)
    );
}

#[tokio::test]
async fn a_database_elsewhere_is_for_nobody_but_its_owner() {
    let folder = Folder::new();
    let path = folder.path("elsewhere/app.db");
    let url = format!("sqlite:{}", path.display());
    let _server = folder.serve(&[("DATABASE_URL", &url)]).await;
    for ending in ["", "-wal", "-shm"] {
        let file = folder.path(&format!("elsewhere/app.db{ending}"));
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_second_start_knows_the_tokens_of_the_first() {
    let folder = Folder::new();
    let first = folder.serve(&[]).await;
    let token = first.register().await;
    assert_eq!(first.stop().await.code, Some(0));
    let second = folder.serve(&[]).await;
    let (status, profile) = second.get("/api/auth/me", &token).await;
    assert_eq!(status, 200, "{profile}");
}

#[tokio::test]
async fn the_operator_signs_in_with_the_password_that_was_made() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let password = folder.secret("operator_password");
    let (status, answer) = server
        .post("/api/auth/login", "", json!({ "password": password }))
        .await;
    assert_eq!((status, answer["role"].as_str()), (200, Some("operator")), "{answer}");
}

#[tokio::test]
async fn no_secret_and_no_token_is_ever_logged() {
    let folder = Folder::new();
    let server = folder.serve(&[("TENON__LOG__LEVEL", "trace")]).await;
    let token = server.register().await;
    let password = folder.secret("operator_password");
    server
        .post("/api/auth/login", "", json!({ "password": password }))
        .await;
    server.get("/api/auth/me", &token).await;
    let finished = server.stop().await;
    let secrets = ["jwt_secret", "encryption_key", "operator_password"].map(|name| folder.secret(name));
    for secret in secrets.iter().chain([&token, &"plum-harbor-42".to_owned()]) {
        assert!(!finished.output.contains(secret.as_str()) && !finished.errors.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn a_taken_port_is_told_before_anything_is_made() {
    let folder = Folder::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let finished = folder.run(&[], &[("PORT", &port)]).await;
    assert_eq!(finished.code, Some(1));
    let message = format!("tenon: port {port} of 127.0.0.1 is taken");
    assert!(finished.errors.starts_with(&message), "{}", finished.errors);
    assert!(!folder.path("data").exists());
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_without_its_password() {
    let url = "postgres://ada:hunter2@127.0.0.1:1/tenon";
    let finished = Folder::new().run(&[], &[("PORT", "0"), ("DATABASE_URL", url)]).await;
    assert_eq!(finished.code, Some(1));
    assert!(finished.errors.starts_with("tenon: cannot"), "{}", finished.errors);
    assert!(!finished.errors.contains("hunter2") && !finished.output.contains("hunter2"));
}

#[tokio::test]
async fn secrets_that_others_could_read_are_refused_with_the_remedy() {
    let folder = Folder::new();
    assert_eq!(folder.serve(&[]).await.stop().await.code, Some(0));
    std::fs::set_permissions(folder.path("data/secrets.toml"), Permissions::from_mode(0o640)).unwrap();
    let finished = folder.run(&[], &[("PORT", "0")]).await;
    assert_eq!(finished.code, Some(1));
    assert!(
        finished.errors.contains("chmod 600 ./data/secrets.toml"),
        "{}",
        finished.errors
    );
}

#[tokio::test]
async fn production_with_secrets_serves_and_prints_no_banner() {
    let folder = Folder::new();
    let server = folder
        .serve(&[
            ("TENON__ENVIRONMENT", "production"),
            ("TENON__SERVER__BIND", "127.0.0.1"),
            (
                "JWT_SECRET",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            ),
            (
                "ENCRYPTION_KEY",
                "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            ),
            ("OPERATOR_PASSWORD", "plum-harbor-42-violet"),
        ])
        .await;
    assert_eq!(server.get("/api/health/ready", "").await.0, 200);
    assert!(!folder.path("data/secrets.toml").exists());
    assert_eq!(mode(&folder.path("data")), 0o700);
    let finished = server.stop().await;
    assert_eq!((finished.code, finished.errors.as_str()), (Some(0), ""));
}
