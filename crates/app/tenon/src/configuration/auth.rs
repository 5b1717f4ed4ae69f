use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tenon_accounts::Lifetimes;

use super::Environment;
use super::encryption::EncryptionKeys;
use super::reader::Reader;
use super::strength::weakness;

const JWT_SECRET: &str = "auth.jwt_secret";
const PREVIOUS: &str = "auth.previous_jwt_secrets";
const OPERATOR_PASSWORD: &str = "auth.operator_password";

/// The fewest bytes of a secret that signs (RFC 7518, section 3.2).
const JWT_SECRET_BYTES: usize = 32;
const OPERATOR_PASSWORD_BYTES: usize = 12;

/// Secrets, sessions, and what a password hash costs.
#[derive(Debug, Clone)]
pub struct Auth {
    /// What was configured; development makes what is missing.
    pub secrets: ConfiguredSecrets,
    /// Secrets whose tokens are still good.
    pub previous_jwt_secrets: Vec<SecretString>,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// How long tokens and sessions live.
    pub lifetimes: Lifetimes,
    /// What a password hash costs.
    pub hashing: Hashing,
}

/// The secrets that were configured. In production none is missing.
#[derive(Debug, Clone, Default)]
pub struct ConfiguredSecrets {
    /// Signs access tokens.
    pub jwt_secret: Option<SecretString>,
    /// What seals.
    pub encryption: EncryptionKeys,
    /// What the operator signs in with.
    pub operator_password: Option<SecretString>,
}

/// The cost of argon2id and how much of it runs at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashing {
    /// KiB.
    pub memory: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// Threads; 0 for as many as there are cores.
    pub threads: usize,
    /// Hashes that may wait for a thread.
    pub queue: usize,
}

impl Auth {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let secrets = ConfiguredSecrets::read(reader, environment);
        let previous = previous(
            reader,
            environment,
            secrets.as_ref().and_then(|secrets| secrets.jwt_secret.as_ref()),
        );
        let issuer = reader.parse("auth.issuer", "a name", named);
        let audience = reader.parse("auth.audience", "a name", named);
        let lifetimes = lifetimes(reader);
        let hashing = Hashing::read(reader);
        Some(Self {
            secrets: secrets?,
            previous_jwt_secrets: previous?,
            issuer: issuer?,
            audience: audience?,
            lifetimes: lifetimes?,
            hashing: hashing?,
        })
    }
}

impl ConfiguredSecrets {
    fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let jwt_secret = reader.secret(JWT_SECRET);
        let long = "set JWT_SECRET to what `openssl rand -hex 32` prints";
        match &jwt_secret {
            Some(Some(secret)) if secret.expose_secret().len() < JWT_SECRET_BYTES => {
                reader.refuse(JWT_SECRET, format!("is shorter than {JWT_SECRET_BYTES} bytes; {long}"));
            }
            Some(secret) => judge(reader, environment, JWT_SECRET, secret, JWT_SECRET_BYTES, long),
            None => {}
        }
        let encryption = EncryptionKeys::read(reader, environment);
        let operator_password = reader.secret(OPERATOR_PASSWORD);
        let phrase = "set OPERATOR_PASSWORD to what `openssl rand -base64 18` prints, or to a passphrase";
        if let Some(password) = &operator_password {
            let least = OPERATOR_PASSWORD_BYTES;
            judge(reader, environment, OPERATOR_PASSWORD, password, least, phrase);
        }
        Some(Self {
            jwt_secret: jwt_secret?,
            encryption: encryption?,
            operator_password: operator_password?,
        })
    }
}

/// Refuses a missing or weak secret in production; in development, warns of a weak one.
pub(super) fn judge(
    reader: &mut Reader<'_>,
    environment: Option<Environment>,
    key: &str,
    secret: &Option<SecretString>,
    least: usize,
    remedy: &str,
) {
    let complaint = match secret {
        None => Some("is missing".to_owned()),
        Some(secret) => weakness(secret.expose_secret(), least).map(|weakness| format!("is {weakness}")),
    };
    match (environment, complaint) {
        (Some(Environment::Production), Some(complaint)) => reader.refuse(key, format!("{complaint}; {remedy}")),
        (Some(Environment::Development), Some(complaint)) if secret.is_some() => {
            reader
                .warnings
                .push(format!("{key} {complaint}; production would refuse it"));
        }
        _ => {}
    }
}

impl Hashing {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let lanes = reader.number("auth.argon2_lanes", 1..=64);
        let passes = reader.number("auth.argon2_passes", 1..=100);
        // Eight blocks a lane are the least that argon2 takes (RFC 9106, section 3.1).
        let memory = reader.number("auth.argon2_memory_kib", 8 * lanes.unwrap_or(1)..=4 * 1024 * 1024);
        let threads = reader.number("auth.hashing_threads", 0..=256);
        let queue = reader.number("auth.hashing_queue", 0..=10_000);
        Some(Self {
            memory: memory?,
            passes: passes?,
            lanes: lanes?,
            threads: threads?,
            queue: queue?,
        })
    }
}

/// The secrets that signed before. The key ring takes none twice.
fn previous(
    reader: &mut Reader<'_>,
    environment: Option<Environment>,
    current: Option<&SecretString>,
) -> Option<Vec<SecretString>> {
    let previous = reader.list(PREVIOUS, "a secret of 32 bytes or more", |text| {
        (text.len() >= JWT_SECRET_BYTES).then(|| SecretString::from(text))
    })?;
    let mut distinct: Vec<&str> = current
        .into_iter()
        .chain(&previous)
        .map(ExposeSecret::expose_secret)
        .collect();
    let count = distinct.len();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < count {
        reader.refuse(PREVIOUS, "holds a secret twice, or the one of auth.jwt_secret");
    }
    if environment == Some(Environment::Production) {
        for weakness in previous
            .iter()
            .filter_map(|secret| weakness(secret.expose_secret(), JWT_SECRET_BYTES))
        {
            reader.refuse(PREVIOUS, format!("one of them is {weakness}"));
        }
    }
    Some(previous)
}

fn lifetimes(reader: &mut Reader<'_>) -> Option<Lifetimes> {
    let mut days = |key| {
        let days: Option<u32> = reader.number(key, 1..=3650);
        days.map(|days| Duration::from_secs(u64::from(days) * 24 * 60 * 60))
    };
    let idle = days("auth.session_idle_days");
    let absolute = days("auth.session_days");
    let operator = days("auth.operator_days");
    let invitation = days("auth.invitation_days");
    Some(Lifetimes {
        idle: idle?,
        absolute: absolute?,
        operator: operator?,
        invitation: invitation?,
        ..Lifetimes::default()
    })
}

fn named(text: &str) -> Option<String> {
    (!text.is_empty() && text.len() <= 200).then(|| text.to_owned())
}
