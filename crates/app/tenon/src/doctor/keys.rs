use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::finding::Finding;
use crate::configuration::{Environment, Settings};
use crate::secrets::{MasterKeys, Secrets};
use crate::wiring;

/// Looks at the secrets and at the keys that records are sealed under.
pub fn look(settings: &Settings, under: Option<&BTreeSet<String>>) -> Vec<Finding> {
    let mut findings = folder(&settings.data.folder).into_iter().collect::<Vec<_>>();
    let file = settings.data.folder.join("secrets.toml");
    let configured = &settings.auth.secrets;
    let all_configured = configured.jwt_secret.is_some()
        && configured.operator_password.is_some()
        && (configured.encryption.current.is_some() || configured.encryption.file.is_some());
    if !all_configured && !file.exists() {
        findings.push(none_yet(&file, under));
        return findings;
    }
    match Secrets::complete(configured.clone(), &settings.data.folder) {
        Ok(secrets) => {
            let origin = secrets
                .file
                .as_ref()
                .map_or("the configuration".to_owned(), |file| file.display().to_string());
            findings.push(secrets_found(settings, &origin));
            findings.push(ring(&secrets.encryption, under));
        }
        Err(error) => findings.push(Finding::failure(
            "secrets",
            error.to_string(),
            "put the file right, or set JWT_SECRET, ENCRYPTION_KEY and OPERATOR_PASSWORD",
        )),
    }
    findings
}

/// Whoever may look into the folder may read the database.
fn folder(folder: &Path) -> Option<Finding> {
    let mode = folder.metadata().ok()?.permissions().mode() & 0o777;
    let found = format!("{} has mode {mode:03o}", folder.display());
    Some(match mode & 0o077 {
        0 => Finding::ok("data folder", found),
        _ => Finding::warning(
            "data folder",
            format!("{found}: others can look into it"),
            format!("chmod 700 {}", folder.display()),
        ),
    })
}

fn none_yet(file: &Path, under: Option<&BTreeSet<String>>) -> Finding {
    match under.map_or(0, BTreeSet::len) {
        0 => Finding::ok("secrets", "none yet; the first start makes them"),
        keys => Finding::failure(
            "secrets",
            format!(
                "records are sealed under {keys} keys, and {} is not there",
                file.display()
            ),
            "bring the file back from where the installation was, or configure its secrets, before anything is started",
        ),
    }
}

fn secrets_found(settings: &Settings, origin: &str) -> Finding {
    match (settings.environment, origin) {
        // The configuration refuses weak ones.
        (Environment::Production, _) => Finding::ok("secrets", format!("from {origin}, and strong")),
        (Environment::Development, _) => {
            Finding::ok("secrets", format!("from {origin}, and nobody else can read them"))
        }
    }
}

fn ring(keys: &MasterKeys, under: Option<&BTreeSet<String>>) -> Finding {
    let ring = match wiring::ring(keys) {
        Ok(ring) => ring,
        Err(error) => {
            let remedy = "put the file of keys right: one key a line, 64 hexadecimal digits each, and mode 600";
            return Finding::failure("keys", error.to_string(), remedy);
        }
    };
    let known: BTreeSet<String> = ring.ids().iter().map(ToString::to_string).collect();
    let lost: Vec<&str> = under
        .into_iter()
        .flatten()
        .filter(|key| !known.contains(*key))
        .map(String::as_str)
        .collect();
    let old = under
        .into_iter()
        .flatten()
        .filter(|key| Some(key.as_str()) != ring.ids().first().map(ToString::to_string).as_deref());
    if !lost.is_empty() {
        return Finding::failure(
            "keys",
            format!("records are sealed under {}, which is not here", lost.join(", ")),
            "bring the key back, in auth.previous_encryption_keys or in the file of keys: without it they cannot be read",
        );
    }
    match old.count() {
        0 => Finding::ok(
            "keys",
            format!("{} here, and every record is under the first", known.len()),
        ),
        keys => Finding::warning(
            "keys",
            format!("records are under {keys} keys that seal no more"),
            "run `tenon keys rotate`, which goes on where it was interrupted",
        ),
    }
}
