use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::Environment;
use super::auth::judge;
use super::reader::Reader;
use super::strength::weakness;

const KEY: &str = "auth.encryption_key";
const PREVIOUS: &str = "auth.previous_encryption_keys";
const FILE: &str = "auth.encryption_key_file";

/// The hexadecimal digits of a 256-bit key.
const DIGITS: usize = 64;

/// The keys that seal and open, as they were configured: a key and others, or a file, or nothing. In production it is not nothing.
#[derive(Debug, Clone, Default)]
pub struct EncryptionKeys {
    /// The key that seals, 64 hexadecimal digits.
    pub current: Option<SecretString>,
    /// Further keys that open.
    pub previous: Vec<SecretString>,
    /// The file that holds all keys.
    pub file: Option<PathBuf>,
}

impl EncryptionKeys {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let current = reader.secret(KEY);
        let previous = reader.list(PREVIOUS, "a key of 64 hexadecimal digits", |text| {
            is_key(text).then(|| SecretString::from(text))
        });
        let file = reader.optional(FILE, "a path", |text| Some(PathBuf::from(text)));
        let keys = Self {
            current: current?,
            previous: previous?,
            file: file?,
        };
        let remedy = "set ENCRYPTION_KEY to the 64 hexadecimal digits that `openssl rand -hex 32` prints";
        match (&keys.current, &keys.file) {
            (Some(_), Some(_)) => {
                reader.refuse(FILE, "is set, and so is auth.encryption_key: put the key into the file")
            }
            (Some(key), None) if !is_key(key.expose_secret()) => reader.refuse(KEY, format!("is not a key; {remedy}")),
            (key, None) => judge(reader, environment, KEY, key, DIGITS, remedy),
            (None, Some(_)) => {}
        }
        if keys.current.is_none() && !keys.previous.is_empty() {
            let instead = "is set without auth.encryption_key, and a key file holds such keys itself";
            reader.refuse(PREVIOUS, instead);
        }
        if environment == Some(Environment::Production) {
            let weak = keys
                .previous
                .iter()
                .filter_map(|key| weakness(key.expose_secret(), DIGITS));
            for weakness in weak {
                reader.refuse(PREVIOUS, format!("one of them is {weakness}"));
            }
        }
        Some(keys)
    }
}

/// Whether the text spells a key of 256 bits.
fn is_key(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
