use crate::tenon::Folder;

const JWT_SECRET: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

#[tokio::test]
async fn every_mistake_in_the_configuration_is_printed_and_nothing_else_happens() {
    let folder = Folder::new();
    std::fs::write(
        folder.path("tenon.toml"),
        "[limits]\napi_per_minute = -1\n[srver]\nport = 1\n",
    )
    .unwrap();
    let variables = [
        ("TENON__SERVER__PORT", "abc"),
        ("ENCRYPTION_KEY", "0123"),
        ("CORS_ORIGINS", "*"),
    ];
    let finished = folder.run(&[], &variables).await;
    assert_eq!((finished.code, finished.output.as_str()), (Some(78), ""));
    let lines: Vec<&str> = finished.errors.lines().collect();
    assert_eq!(
        lines,
        [
            "srver.port: is no key; the nearest is server.port (from tenon.toml)",
            "server.port: \"abc\" is not a port between 1 and 65535, or 0 for any free one (from TENON__SERVER__PORT)",
            "auth.encryption_key: is not a key; set ENCRYPTION_KEY to the 64 hexadecimal digits that `openssl rand -hex \
             32` prints (from ENCRYPTION_KEY)",
            "limits.api_per_minute: -1 is not a whole number from 1 to 4294967295 (from tenon.toml)",
            "cors.origins: \"*\" is not an origin such as https://app.example.org; there are no wildcards and no paths \
             (from CORS_ORIGINS)",
        ]
    );
    assert!(!folder.path("data").exists());
}

/// A file of Linux that is always full (full(4)).
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_command_whose_output_is_lost_has_failed() {
    let folder = Folder::new();
    for command in [
        "openapi",
        "config reference",
        "config show --json",
        "completions bash",
        "man",
        "config check --json",
        "doctor --json",
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let arguments: Vec<&str> = command.split(' ').collect();
        let finished = folder.run_into(full, &arguments).await;
        let told = "tenon: the output was not written: No space left on device";
        assert!(finished.errors.contains(told), "{command}: {}", finished.errors);
        assert_eq!(finished.code, Some(1), "{command}");
    }
}

#[tokio::test]
async fn production_without_secrets_does_not_start() {
    let folder = Folder::new();
    let finished = folder
        .run(&["serve"], &[("TENON__ENVIRONMENT", "production"), ("PORT", "0")])
        .await;
    assert_eq!(finished.code, Some(78));
    for name in ["JWT_SECRET", "ENCRYPTION_KEY", "OPERATOR_PASSWORD"] {
        assert!(
            finished.errors.contains(&format!("set {name} to")),
            "{}",
            finished.errors
        );
    }
    assert_eq!(finished.errors.lines().count(), 3);
    assert!(!folder.path("data").exists());
}

#[tokio::test]
async fn config_show_prints_every_value_and_its_origin_without_secrets() {
    let folder = Folder::new();
    let variables = [
        ("JWT_SECRET", JWT_SECRET),
        ("DATABASE_URL", "postgres://ada:hunter2@db/tenon"),
        ("REDIS_HOST", "cache"),
        ("TENON__LIMITS__API_PER_MINUTE", "7"),
    ];
    let shown = folder.run(&["config", "show"], &variables).await;
    assert_eq!((shown.code, shown.errors.as_str()), (Some(0), ""));
    for (line, origin) in [
        ("auth.jwt_secret = ***", "JWT_SECRET"),
        ("database.url = \"postgres://ada:***@db/tenon\"", "DATABASE_URL"),
        ("redis.url = \"redis://cache:6379\"", "REDIS_HOST"),
        ("limits.api_per_minute = 7", "TENON__LIMITS__API_PER_MINUTE"),
        ("server.port = 4000", "default"),
    ] {
        let found = shown.output.lines().find(|found| found.starts_with(line)).expect(line);
        assert!(found.ends_with(&format!("# {origin}")), "{found}");
    }
    assert!(!shown.output.contains(JWT_SECRET) && !shown.output.contains("hunter2"));
    assert!(!folder.path("data").exists());
}

#[tokio::test]
async fn config_check_tells_good_from_bad() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["config", "check"], &[]).await.code, Some(0));
    assert_eq!(folder.run(&["config", "check"], &[("PORT", "-1")]).await.code, Some(78));
}

#[tokio::test]
async fn migrate_makes_the_database_and_may_be_run_again() {
    let folder = Folder::new();
    for _ in 0..2 {
        let finished = folder.run(&["migrate"], &[]).await;
        assert_eq!(
            (finished.code, finished.output.as_str()),
            (Some(0), "the database is up to date\n")
        );
    }
    assert!(folder.path("data/tenon.db").exists());
    assert!(!folder.path("data/secrets.toml").exists());
}

#[tokio::test]
async fn the_openapi_document_is_printed_whatever_the_configuration() {
    let finished = Folder::new().run(&["openapi"], &[("PORT", "abc")]).await;
    let document: serde_json::Value = serde_json::from_str(&finished.output).unwrap();
    assert!(document["paths"]["/api/health"].is_object());
}
