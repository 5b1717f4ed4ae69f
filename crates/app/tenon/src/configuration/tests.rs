use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use super::*;

const GOOD: [(&str, &str); 4] = [
    ("TENON__ENVIRONMENT", "production"),
    (
        "JWT_SECRET",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    (
        "ENCRYPTION_KEY",
        "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    ),
    ("OPERATOR_PASSWORD", "plum-harbor-42-violet"),
];

fn with(changes: &[(&str, &str)]) -> Variables {
    GOOD.iter().chain(changes).copied().collect()
}

fn load<const N: usize>(variables: [(&str, &str); N]) -> Result<Configuration, Problems> {
    Configuration::load(None, &Variables::from(variables))
}

fn complaints(result: Result<Configuration, Problems>) -> Vec<String> {
    result.unwrap_err().to_string().lines().map(str::to_owned).collect()
}

fn file(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("some.toml");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn nothing_configured_is_development_on_port_4000_of_this_machine_only() {
    let settings = load([]).unwrap().settings;
    assert_eq!(settings.environment, Environment::Development);
    assert_eq!(
        (settings.server.bind.to_string().as_str(), settings.server.port),
        ("127.0.0.1", 4000)
    );
    assert_eq!(settings.data.folder, Path::new("./data"));
    assert!(matches!(settings.database.url, DatabaseUrl::Sqlite(path) if path == Path::new("./data/tenon.db")));
    assert_eq!(
        (
            settings.limits.auth_per_minute.get(),
            settings.limits.api_per_minute.get(),
            settings.limits.claims_per_minute.get(),
            settings.limits.claims_of_target_per_minute.get()
        ),
        (5, 100, 60, 300)
    );
    assert_eq!(settings.auth.lifetimes, tenon_accounts::Lifetimes::default());
    assert!(settings.auth.secrets.jwt_secret.is_none());
}

#[test]
fn production_listens_on_every_interface_unless_told_otherwise() {
    let bind = |variables: &Variables| {
        Configuration::load(None, variables)
            .unwrap()
            .settings
            .server
            .bind
            .to_string()
    };
    assert_eq!(bind(&with(&[])), "0.0.0.0");
    assert_eq!(bind(&with(&[("TENON__SERVER__BIND", "::1")])), "::1");
}

#[test]
fn a_later_source_wins_and_an_empty_plain_variable_counts_as_unset() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "[server]\nport = 5000\n");
    let port = |variables: Variables| {
        Configuration::load(Some(&path), &variables)
            .unwrap()
            .settings
            .server
            .port
    };
    assert_eq!(port(Variables::default()), 5000);
    assert_eq!(port([("PORT", "")].into()), 5000);
    assert_eq!(port([("PORT", "6000")].into()), 6000);
    assert_eq!(port([("PORT", "6000"), ("TENON__SERVER__PORT", "7000")].into()), 7000);
    assert_eq!(port([("PORT", "0")].into()), 0);
}

#[test]
fn the_file_can_be_named_by_a_variable_and_the_command_line_wins() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "[server]\nport = 5000\n");
    let variables = Variables::from([("TENON_CONFIG", path.to_str().unwrap())]);
    assert_eq!(
        Configuration::load(None, &variables).unwrap().settings.server.port,
        5000
    );
    let missing = folder.path().join("missing.toml");
    let complaints = complaints(Configuration::load(Some(&missing), &variables));
    assert!(complaints[0].contains("missing.toml cannot be read"), "{complaints:?}");
    assert!(complaints[0].ends_with("(from --config)"), "{complaints:?}");
}

#[test]
fn every_mistake_is_told_at_once_with_its_key_and_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        &folder,
        "[limits]\napi_per_minute = 0\n[log]\nformat = \"xml\"\n[server]\nprot = 1\n",
    );
    let name = path.display().to_string();
    let variables = Variables::from([
        ("TENON__SERVER__PORT", "abc"),
        ("TENON__ENVIRONMENT", "staging"),
        ("CORS_ORIGINS", "https://a.example.org, *"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("TENON__PROXY__TRUSTED", "10.0.0.0/8"),
    ]);
    let mut complaints = complaints(Configuration::load(Some(&path), &variables));
    complaints.sort();
    let mut expected = vec![
        format!("limits.api_per_minute: 0 is not a whole number from 1 to 4294967295 (from {name})"),
        format!("log.format: \"xml\" is not one of auto, json, pretty (from {name})"),
        format!("server.prot: is no key; the nearest is server.port (from {name})"),
        "server.port: \"abc\" is not a port between 1 and 65535, or 0 for any free one (from TENON__SERVER__PORT)".into(),
        "environment: \"staging\" is not development or production (from TENON__ENVIRONMENT)".into(),
        "cors.origins: \"*\" is not an origin such as https://app.example.org; there are no wildcards and no paths (from \
         CORS_ORIGINS)"
            .into(),
        "database.url: is not a URL such as postgres://user:password@host/name or sqlite:data/tenon.db (from \
         DATABASE_URL)"
            .into(),
        "proxy.trusted: is no key; the nearest is proxies.trusted (from TENON__PROXY__TRUSTED)".into(),
    ];
    expected.sort();
    assert_eq!(complaints, expected);
}

#[test]
fn a_section_that_is_a_value_is_told_and_hides_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "server = 4000\n[log]\nlevel = [\"info\"]\n");
    let complaints = complaints(Configuration::load(Some(&path), &Variables::default()));
    assert!(complaints[0].starts_with("server: is no key"), "{complaints:?}");
    assert!(
        complaints[1].starts_with("log.level: must be a single value"),
        "{complaints:?}"
    );
    assert_eq!(complaints.len(), 2);
}

#[test]
fn production_without_secrets_names_all_three_and_the_remedy() {
    let complaints = complaints(load([("TENON__ENVIRONMENT", "production")]));
    assert_eq!(complaints.len(), 3);
    for (complaint, key, name) in [
        (&complaints[0], "auth.jwt_secret: is missing", "JWT_SECRET"),
        (&complaints[1], "auth.encryption_key: is missing", "ENCRYPTION_KEY"),
        (
            &complaints[2],
            "auth.operator_password: is missing",
            "OPERATOR_PASSWORD",
        ),
    ] {
        assert!(
            complaint.starts_with(key) && complaint.contains(name) && complaint.contains("openssl"),
            "{complaint}"
        );
        assert!(complaint.ends_with("(from default)"), "{complaint}");
    }
}

#[test]
fn production_takes_real_secrets_and_refuses_weak_ones_without_showing_them() {
    let settings = Configuration::load(None, &with(&[])).unwrap().settings;
    assert_eq!(
        settings.auth.secrets.operator_password.unwrap().expose_secret(),
        "plum-harbor-42-violet"
    );
    for (name, weak) in [
        ("JWT_SECRET", "q7Zt0pB1xKc"),
        ("JWT_SECRET", "changeme-changeme-changeme-changeme"),
        (
            "ENCRYPTION_KEY",
            "0000000000000000000000000000000000000000000000000000000000000000",
        ),
        ("ENCRYPTION_KEY", "q7Zt0pB1xKc"),
        ("OPERATOR_PASSWORD", "q7Zt0pB1xKc"),
        ("TENON__AUTH__PREVIOUS_JWT_SECRETS", "q7Zt0pB1xKc"),
    ] {
        let complaints = complaints(Configuration::load(None, &with(&[(name, weak)])));
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].ends_with(&format!("(from {name})")), "{complaints:?}");
        assert!(!complaints[0].contains(weak), "{complaints:?}");
    }
}

#[test]
fn development_takes_weak_secrets_with_a_warning_but_none_that_cannot_work() {
    let placeholder = "changeme-changeme-changeme-changeme";
    let configuration = load([("JWT_SECRET", placeholder), ("OPERATOR_PASSWORD", "admin")]).unwrap();
    assert_eq!(configuration.warnings.len(), 2, "{:?}", configuration.warnings);
    assert_eq!(
        complaints(load([("ENCRYPTION_KEY", "zz"), ("JWT_SECRET", "short")])).len(),
        2
    );
}

#[test]
fn a_previous_secret_that_is_still_the_current_one_is_told() {
    let current = ("JWT_SECRET", "q7Zt0pB1xKc+Vw3mJ8sRfYh5uLd2Ne6a");
    let previous = |secret| complaints(load([current, ("TENON__AUTH__PREVIOUS_JWT_SECRETS", secret)]));
    assert!(previous(current.1)[0].contains("holds a secret twice"));
    assert!(previous("short")[0].contains("is not a secret of 32 bytes or more"));
}

#[test]
fn keys_that_seal_come_from_a_variable_or_from_a_file_and_never_from_both() {
    let key = GOOD[2];
    let file = ("TENON__AUTH__ENCRYPTION_KEY_FILE", "/etc/tenon/encryption.keys");
    let previous = "TENON__AUTH__PREVIOUS_ENCRYPTION_KEYS";
    let keys = |variables: Variables| {
        let settings = Configuration::load(None, &variables).unwrap().settings;
        settings.auth.secrets.encryption
    };
    let from_file = keys(with(&[("ENCRYPTION_KEY", ""), file]));
    assert!(from_file.current.is_none() && from_file.file.is_some_and(|path| path == Path::new(file.1)));
    let both = complaints(Configuration::load(None, &with(&[file])));
    assert!(
        both[0].starts_with("auth.encryption_key_file: is set, and so is auth.encryption_key"),
        "{both:?}"
    );

    let with_previous = keys(with(&[(previous, GOOD[1].1)]));
    assert_eq!(with_previous.previous.len(), 1);
    for (changes, complaint) in [
        (vec![(previous, "0123")], "is not a key of 64 hexadecimal digits"),
        (
            vec![(previous, &"0".repeat(64))],
            "one of them is the same few characters",
        ),
        (
            vec![("ENCRYPTION_KEY", ""), file, (previous, key.1)],
            "is set without auth.encryption_key",
        ),
    ] {
        let told = complaints(Configuration::load(None, &with(&changes)));
        assert!(told.len() == 1 && told[0].contains(complaint), "{told:?}");
    }
}

#[test]
fn lists_in_variables_are_separated_by_commas_and_an_empty_spelled_out_variable_empties_them() {
    let origins = |variables: Variables| Configuration::load(None, &variables).unwrap().settings.cors.origins;
    let plain = ("CORS_ORIGINS", "https://a.example.org, https://b.example.org/");
    assert_eq!(
        origins([plain].into()),
        ["https://a.example.org", "https://b.example.org"]
    );
    assert!(origins([plain, ("TENON__CORS__ORIGINS", "")].into()).is_empty());
}

#[test]
fn the_overview_names_every_key_and_origin_and_masks_secrets() {
    let configuration = load([
        ("JWT_SECRET", "q7Zt0pB1xKc+Vw3mJ8sRfYh5uLd2Ne6a"),
        ("DATABASE_URL", "postgres://ada:hunter2@db/tenon"),
        ("PORT", "4100"),
    ])
    .unwrap();
    let overview = configuration.overview.to_string();
    let line = |key: &str| {
        let found = overview
            .lines()
            .find(|line| line.starts_with(&format!("{key} = ")))
            .unwrap();
        found.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("server.port"), "server.port = 4100 # PORT");
    assert_eq!(line("auth.jwt_secret"), "auth.jwt_secret = *** # JWT_SECRET");
    assert_eq!(
        line("database.url"),
        "database.url = \"postgres://ada:***@db/tenon\" # DATABASE_URL"
    );
    assert_eq!(line("limits.auth_per_minute"), "limits.auth_per_minute = 5 # default");
    assert_eq!(overview.lines().count(), Catalogue::embedded().defaults().len());
    let debug = format!("{configuration:?}");
    assert!(!debug.contains("hunter2") && !debug.contains("q7Zt0pB1xKc"), "{debug}");
}

#[test]
fn the_example_for_production_lacks_nothing_but_secrets() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../config/production.toml");
    Configuration::load(Some(&example), &with(&[])).unwrap();
    let missing = complaints(Configuration::load(Some(&example), &Variables::default()));
    assert_eq!(missing.len(), 3, "{missing:?}");
}

#[test]
fn every_key_of_the_reference_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::embedded();
    for key in catalogue.defaults().keys() {
        let wrong = if catalogue.is_list(key) { "1" } else { "[[1]]" };
        let path = file(&folder, &format!("{key} = {wrong}\n"));
        let complaints = complaints(Configuration::load(Some(&path), &Variables::default()));
        assert!(complaints[0].starts_with(&format!("{key}: must be ")), "{complaints:?}");
    }
}

#[test]
fn the_reference_in_the_documentation_is_of_this_version() {
    let written = include_str!("../../../../../docs/configuration.md");
    assert!(
        written == reference(),
        "run `target/debug/tenon config reference > docs/configuration.md`"
    );
    for key in Catalogue::embedded().defaults().keys() {
        assert!(written.contains(&format!("\n### `{key}`\n")), "{key}");
    }
}
