//! The secrets that the installation works with, and the file in which development keeps those that it made.

mod file;

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::configuration::{ConfiguredSecrets, EncryptionKeys};
use file::SecretsFile;

/// The file of keys in the data folder, of an installation that made its own.
const KEYS: &str = "encryption.keys";

/// Every secret, configured or made.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Signs access tokens.
    pub jwt_secret: SecretString,
    /// What seals.
    pub encryption: MasterKeys,
    /// What the operator signs in with.
    pub operator_password: SecretString,
    /// The file that some of them came from.
    pub file: Option<PathBuf>,
}

/// Where the keys are that seal.
#[derive(Debug, Clone)]
pub enum MasterKeys {
    /// They were configured: one that seals, and others that open.
    Given {
        current: SecretString,
        previous: Vec<SecretString>,
    },
    /// In a file that was configured.
    File(PathBuf),
    /// In a file that the first rotation makes; until then, one that was made.
    Made { key: SecretString, file: PathBuf },
}

impl MasterKeys {
    fn configured(keys: EncryptionKeys) -> Option<Self> {
        let EncryptionKeys {
            current,
            previous,
            file,
        } = keys;
        let given = current.map(|current| Self::Given { current, previous });
        given.or(file.map(Self::File))
    }
}

/// Why there are no secrets.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Somebody else may have read them.
    #[error("{path} can be read by others (mode {mode:03o}); run `chmod 600 {path}`", path = .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file is not what Tenon writes.
    #[error("{path}: {message}", path = .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The file or its folder could not be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The system gave no randomness.
    #[error("the system gave no random bytes: {0}")]
    Random(getrandom::Error),
}

impl Secrets {
    /// Takes what was configured and completes it from `secrets.toml` in `folder`, which it makes when it is missing.
    ///
    /// Starts that race make one file and agree on it. Nothing is read or made when everything was configured.
    ///
    /// # Errors
    ///
    /// As [`SecretsError`] says.
    pub fn complete(configured: ConfiguredSecrets, folder: &Path) -> Result<Self, SecretsError> {
        let ConfiguredSecrets {
            jwt_secret,
            encryption,
            operator_password,
        } = configured;
        let encryption = MasterKeys::configured(encryption);
        if let (Some(jwt_secret), Some(encryption), Some(operator_password)) =
            (&jwt_secret, &encryption, &operator_password)
        {
            return Ok(Self {
                jwt_secret: jwt_secret.clone(),
                encryption: encryption.clone(),
                operator_password: operator_password.clone(),
                file: None,
            });
        }
        let kept = SecretsFile::open_or_make(folder)?;
        let or_kept = |configured: Option<SecretString>, name| configured.map_or_else(|| kept.secret(name), Ok);
        let made = || {
            let (key, file) = (kept.secret(file::ENCRYPTION_KEY)?, folder.join(KEYS));
            Ok(MasterKeys::Made { key, file })
        };
        Ok(Self {
            jwt_secret: or_kept(jwt_secret, file::JWT_SECRET)?,
            encryption: encryption.map_or_else(made, Ok)?,
            operator_password: or_kept(operator_password, file::OPERATOR_PASSWORD)?,
            file: Some(kept.path),
        })
    }
}
