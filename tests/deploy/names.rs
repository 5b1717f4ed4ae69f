//! Every variable that is set in `deploy/` sets something.

use std::collections::BTreeSet;
use std::process::Command;

use crate::files::{binary, object, succeed, text, texts, yaml};
use crate::unit::Unit;

/// What is read by somebody else than the configuration.
const NOT_OURS: [&str; 1] = ["SSL_CERT_FILE"];

/// Values for variables that are filled in by whoever deploys.
const FILLED_IN: [(&str, &str); 9] = [
    ("APP_URL", "https://app.example.org"),
    ("CORS_ORIGINS", "https://app.example.org"),
    ("DATABASE_URL", "postgres://tenon:3f1c9a@postgres/tenon"),
    (
        "ENCRYPTION_KEY",
        "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    ),
    ("GRAPH_WEBHOOK_URL", "https://app.example.org/webhooks/graph"),
    (
        "JWT_SECRET",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    ("OPERATOR_PASSWORD", "operators-plum-harbor-42"),
    ("REDIS_URL", "redis://:3f1c9a@redis:6379"),
    ("TENON__ENVIRONMENT", "production"),
];

/// What `tenon config show` says that each variable is the origin of, after `tenon config check` found no fault.
fn origins(variables: &[(String, String)]) -> BTreeSet<String> {
    let value = |name: &String, value: &String| match FILLED_IN.iter().find(|(known, _)| known == name) {
        Some((_, filled_in)) => (*filled_in).to_owned(),
        None => value.clone(),
    };
    let run = |arguments: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(binary());
        command.args(arguments).env_clear().current_dir(folder.path());
        command.envs(variables.iter().map(|(name, text)| (name, value(name, text))));
        String::from_utf8(succeed(&mut command).stdout).unwrap()
    };
    run(&["config", "check"]);
    let shown = run(&["config", "show"]);
    let origin = |line: &str| line.rsplit_once("  # ").map(|(_, origin)| origin.to_owned());
    shown.lines().filter_map(origin).collect()
}

#[track_caller]
fn each_sets_something(mut variables: Vec<(String, String)>) {
    variables.retain(|(name, _)| !NOT_OURS.contains(&name.as_str()));
    assert!(!variables.is_empty());
    let origins = origins(&variables);
    for (name, _) in &variables {
        assert!(origins.contains(name), "{name} sets nothing; these do: {origins:?}");
    }
}

fn production() -> (String, String) {
    ("TENON__ENVIRONMENT".to_owned(), "production".to_owned())
}

/// What `ENV` of the Dockerfile sets.
pub fn of_the_image() -> Vec<(String, String)> {
    let dockerfile = text("Dockerfile").replace("\\\n", " ");
    let lines = dockerfile.lines().filter_map(|line| line.strip_prefix("ENV "));
    let pairs = lines
        .flat_map(str::split_whitespace)
        .map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What the image and compose set.
fn of_compose() -> Vec<(String, String)> {
    let mut variables = of_the_image();
    variables.extend(texts(&yaml("compose.yaml")["services"]["tenon"]["environment"]));
    variables
}

/// What the image and Kubernetes set.
fn of_kubernetes() -> Vec<(String, String)> {
    let mut variables = of_the_image();
    variables.extend(texts(&object("ConfigMap")["data"]));
    variables.extend(texts(&object("Secret")["stringData"]));
    variables
}

#[test]
fn compose_sets_what_there_is_and_all_that_production_needs() {
    each_sets_something(of_compose());
}

#[test]
fn kubernetes_sets_what_there_is_and_all_that_production_needs() {
    each_sets_something(of_kubernetes());
}

#[test]
fn the_unit_and_its_comment_name_what_there_is_and_all_that_production_needs() {
    let unit = Unit::read();
    let mut variables = vec![production()];
    let settings = unit.all("Environment");
    variables.extend(settings.iter().map(|setting| {
        let (name, value) = setting.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    }));
    let text = text("systemd/tenon.service");
    let comment = text.lines().find(|line| line.starts_with("# JWT_SECRET")).unwrap();
    let names = comment.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    variables.extend(
        names
            .filter(|name| name.contains('_'))
            .map(|name| (name.to_owned(), String::new())),
    );
    assert_eq!(variables.len(), 6, "{variables:?}");
    each_sets_something(variables);
}

#[test]
fn every_key_that_is_spelled_out_anywhere_is_one() {
    let documents = [
        "compose.yaml",
        "Dockerfile",
        "proxy/README.md",
        "cloudflared/README.md",
        "systemd/tenon.service",
    ];
    let mut texts: Vec<String> = documents.map(text).into();
    texts.push(std::fs::read_to_string(crate::files::project().join("docs/operations.md")).unwrap());
    let keys = keys();
    for text in texts {
        let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        for word in words.filter(|word| word.starts_with("TENON__")) {
            let key = word["TENON__".len()..].replace("__", ".").to_lowercase();
            assert!(key == "section.key" || keys.contains(&key), "{word} is no key");
        }
    }
}

/// The keys of `config/default.toml`.
fn keys() -> BTreeSet<String> {
    let text = std::fs::read_to_string(crate::files::project().join("config/default.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let mut keys = BTreeSet::new();
    for (section, value) in table {
        match value.as_table() {
            Some(inner) => keys.extend(inner.keys().map(|name| format!("{section}.{name}"))),
            None => assert!(keys.insert(section)),
        }
    }
    keys
}

#[test]
fn compose_takes_from_its_file_of_secrets_what_its_comment_makes() {
    let text = text("compose.yaml");
    let made = text.split("for name in ").nth(1).unwrap().split(';').next().unwrap();
    let made: BTreeSet<&str> = made.split_whitespace().collect();
    let needed = text.split("${").skip(1).filter(|rest| rest.contains(":?"));
    let needed = needed.filter_map(|rest| rest.split_once(":?").filter(|(name, _)| !name.contains('}')));
    assert_eq!(made, needed.map(|(name, _)| name).collect());
}
