use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::SecretsError;
use crate::configuration::values_of;
use crate::data_folder;

pub(super) const JWT_SECRET: &str = "auth.jwt_secret";
pub(super) const ENCRYPTION_KEY: &str = "auth.encryption_key";
pub(super) const OPERATOR_PASSWORD: &str = "auth.operator_password";

const NAME: &str = "secrets.toml";

/// The secrets that a development installation made for itself.
pub(super) struct SecretsFile {
    pub(super) path: PathBuf,
    values: BTreeMap<String, SecretString>,
}

impl SecretsFile {
    /// Reads the file in `folder`, or makes both.
    pub(super) fn open_or_make(folder: &Path) -> Result<Self, SecretsError> {
        let path = folder.join(NAME);
        match read(&path) {
            Err(SecretsError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                make(folder, &path)?;
                read(&path)
            }
            found => found,
        }
    }

    /// One of the secrets.
    pub(super) fn secret(&self, key: &str) -> Result<SecretString, SecretsError> {
        let secret = self.values.get(key).filter(|secret| !secret.expose_secret().is_empty());
        secret.cloned().ok_or_else(|| SecretsError::Malformed {
            path: self.path.clone(),
            message: format!("{key} is missing; configure it, or remove the file to have new secrets made"),
        })
    }
}

fn read(path: &Path) -> Result<SecretsFile, SecretsError> {
    let io = |source| SecretsError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(io)?;
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretsError::Exposed {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io)?;
    let name = path.display().to_string();
    let values = values_of(&text, &name).map_err(|message| SecretsError::Malformed {
        path: path.to_owned(),
        message,
    })?;
    let values = values
        .into_iter()
        .map(|(key, value)| (key, value.to_string().into()))
        .collect();
    Ok(SecretsFile {
        path: path.to_owned(),
        values,
    })
}

/// Writes new secrets beside `path` and links them to it, which fails when another start was faster; its secrets are as
/// good.
fn make(folder: &Path, path: &Path) -> Result<(), SecretsError> {
    let io = |source| SecretsError::Io {
        path: path.to_owned(),
        source,
    };
    let text = new_secrets()?;
    let draft = folder.join(format!(".secrets-{}", random_hex(8)?.expose_secret()));
    data_folder::make(folder).map_err(|source| SecretsError::Io {
        path: folder.to_owned(),
        source,
    })?;
    let linked = write(&draft, text.expose_secret()).and_then(|()| std::fs::hard_link(&draft, path));
    let removed = std::fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(io(error)),
        _ => removed.and_then(|()| File::open(folder)?.sync_all()).map_err(io),
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn new_secrets() -> Result<SecretString, SecretsError> {
    let (jwt_secret, encryption_key, operator_password) = (random_hex(32)?, random_hex(32)?, random_hex(12)?);
    let text = format!(
        "# Tenon made these for development. Tokens and sealed data are only as good as this file: keep it, and keep it\n\
         # to yourself. What the configuration sets is not taken from here.\n\
         [auth]\n\
         jwt_secret = \"{}\"\n\
         encryption_key = \"{}\"\n\
         operator_password = \"{}\"\n",
        jwt_secret.expose_secret(),
        encryption_key.expose_secret(),
        operator_password.expose_secret(),
    );
    Ok(text.into())
}

fn random_hex(bytes: usize) -> Result<SecretString, SecretsError> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).map_err(SecretsError::Random)?;
    Ok(hex::encode(random).into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::Permissions;
    use std::sync::Barrier;

    use super::super::{MasterKeys, Secrets};
    use super::*;
    use crate::configuration::{ConfiguredSecrets, EncryptionKeys};

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    /// The key that was made, and where others will be.
    fn made_key(secrets: &Secrets) -> (String, &Path) {
        match &secrets.encryption {
            MasterKeys::Made { key, file } => (key.expose_secret().to_owned(), file),
            other => panic!("{other:?}"),
        }
    }

    fn complete(folder: &Path) -> Result<Secrets, SecretsError> {
        Secrets::complete(ConfiguredSecrets::default(), folder)
    }

    #[test]
    fn secrets_are_made_once_and_only_their_owner_can_read_them() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        let made = complete(&folder).unwrap();
        assert_eq!((mode(&folder), mode(&folder.join(NAME))), (0o700, 0o600));
        let (key, file) = made_key(&made);
        assert_eq!((key.len(), file), (64, folder.join("encryption.keys").as_path()));
        assert_ne!(made.jwt_secret.expose_secret(), key);
        let again = complete(&folder).unwrap();
        assert_eq!(made.jwt_secret.expose_secret(), again.jwt_secret.expose_secret());
        assert_eq!(
            made.operator_password.expose_secret(),
            again.operator_password.expose_secret()
        );
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn starts_that_race_agree_on_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let barrier = Barrier::new(16);
        let seen: BTreeSet<String> = std::thread::scope(|scope| {
            let start = || {
                barrier.wait();
                complete(folder.path()).unwrap().jwt_secret.expose_secret().to_owned()
            };
            let starts: Vec<_> = (0..16).map(|_| scope.spawn(start)).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert_eq!(seen.len(), 1);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        complete(folder.path()).unwrap();
        let path = folder.path().join(NAME);
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let error = complete(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("mode 644") && error.contains(&format!("chmod 600 {}", path.display())),
            "{error}"
        );
    }

    #[test]
    fn what_is_configured_is_not_taken_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let made = complete(folder.path()).unwrap();
        let configured = ConfiguredSecrets {
            jwt_secret: Some("mine".into()),
            ..ConfiguredSecrets::default()
        };
        let secrets = Secrets::complete(configured, folder.path()).unwrap();
        assert_eq!(secrets.jwt_secret.expose_secret(), "mine");
        assert_eq!(made_key(&secrets), made_key(&made));
    }

    #[test]
    fn nothing_is_written_when_everything_is_configured() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        let secret = || Some(SecretString::from("x"));
        let configured = ConfiguredSecrets {
            jwt_secret: secret(),
            encryption: EncryptionKeys {
                current: secret(),
                ..EncryptionKeys::default()
            },
            operator_password: secret(),
        };
        assert!(Secrets::complete(configured.clone(), &folder).unwrap().file.is_none());
        let in_a_file = EncryptionKeys {
            file: Some("some.keys".into()),
            ..EncryptionKeys::default()
        };
        let configured = ConfiguredSecrets {
            encryption: in_a_file,
            ..configured
        };
        let secrets = Secrets::complete(configured, &folder).unwrap();
        assert!(secrets.file.is_none() && matches!(secrets.encryption, MasterKeys::File(_)));
        assert!(!folder.exists());
    }

    #[test]
    fn a_damaged_file_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        complete(folder.path()).unwrap();
        let path = folder.path().join(NAME);
        std::fs::write(&path, "[auth]\njwt_secret = \"only\"\n").unwrap();
        let error = complete(folder.path()).unwrap_err().to_string();
        assert!(error.contains("auth.encryption_key is missing"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
    }
}
