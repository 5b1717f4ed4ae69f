//! What of a value may be shown.

use config::{Value, ValueKind};
use serde_json::json;

const MASK: &str = "***";

const SECRETS: [&str; 5] = [
    "auth.jwt_secret",
    "auth.previous_jwt_secrets",
    "auth.encryption_key",
    "auth.previous_encryption_keys",
    "auth.operator_password",
];
const URLS: [&str; 4] = ["database.url", "redis.url", "server.app_url", "graph.webhook_url"];

/// The value for an overview, in TOML's notation, with what is secret in it replaced by `***`.
pub(super) fn shown(key: &str, value: &Value) -> String {
    match &value.kind {
        ValueKind::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| shown(key, item)).collect();
            format!("[{}]", items.join(", "))
        }
        ValueKind::String(text) if text.is_empty() => "\"\"".to_owned(),
        _ if SECRETS.contains(&key) => MASK.to_owned(),
        ValueKind::String(text) if URLS.contains(&key) => format!("{:?}", without_password(text)),
        ValueKind::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

/// The same for programs.
pub(super) fn object(key: &str, value: &Value) -> serde_json::Value {
    match &value.kind {
        ValueKind::Array(items) => items.iter().map(|item| object(key, item)).collect(),
        ValueKind::String(text) if text.is_empty() => json!(""),
        _ if SECRETS.contains(&key) => json!(MASK),
        ValueKind::String(text) if URLS.contains(&key) => json!(without_password(text)),
        ValueKind::String(text) => json!(text),
        ValueKind::Boolean(truth) => json!(truth),
        ValueKind::I64(number) => json!(number),
        other => json!(other.to_string()),
    }
}

/// The value and a space for the beginning of a complaint; nothing where the value may hold a secret.
pub(super) fn quoted(key: &str, value: &Value) -> String {
    if SECRETS.contains(&key) || URLS.contains(&key) {
        String::new()
    } else {
        format!("{} ", shown(key, value))
    }
}

/// A URL without the password that may stand before its host or among its parameters. Shows too little rather than too
/// much of one that is not quite a URL.
pub(super) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (user, host) = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => (format!("{name}:{MASK}@"), host),
            None => (format!("{user}@"), host),
        },
        None => (String::new(), rest),
    };
    match host.split_once('?') {
        Some((host, parameters)) if parameters.to_lowercase().contains("password") => {
            format!("{scheme}://{user}{host}?{MASK}")
        }
        _ => format!("{scheme}://{user}{host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (url, shown) in [
            (
                "postgres://ada:s3cret@db:5432/tenon?sslmode=require",
                "postgres://ada:***@db:5432/tenon?sslmode=require",
            ),
            ("postgres://ada:a@b/c@db/tenon", "postgres://ada:***@db/tenon"),
            ("postgres://ada@db/tenon?password=s3cret", "postgres://ada@db/tenon?***"),
            ("redis://:s3?cr@t@cache", "redis://:***@cache"),
            ("redis://:s3cret@cache", "redis://:***@cache"),
            ("https://app.example.org", "https://app.example.org"),
            ("sqlite:data/tenon.db", "sqlite:data/tenon.db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
