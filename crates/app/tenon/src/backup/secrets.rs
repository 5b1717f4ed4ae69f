//! The files of secrets, without which nobody opens what is sealed in the database.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{BackupError, at};
use super::files;
use crate::configuration::Settings;
use crate::progress::Progress;

/// A file of secrets: its name in a backup, and its place in this installation.
pub struct SecretFile {
    pub name: &'static str,
    pub path: PathBuf,
}

/// Every file that the installation may have.
pub fn all(settings: &Settings) -> Vec<SecretFile> {
    let folder = &settings.data.folder;
    let keys = settings.auth.secrets.encryption.file.clone();
    vec![
        SecretFile {
            name: "secrets.toml",
            path: folder.join("secrets.toml"),
        },
        SecretFile {
            name: "encryption.keys",
            path: keys.unwrap_or_else(|| folder.join("encryption.keys")),
        },
    ]
}

/// Those that are there.
pub fn present(settings: &Settings) -> Vec<SecretFile> {
    let mut found = all(settings);
    found.retain(|file| file.path.exists());
    found
}

/// The names of what the data needs: files, or the keys of the configuration.
pub fn needed(settings: &Settings) -> Vec<String> {
    let found = present(settings);
    let named = found.iter().map(|file| file.path.display().to_string());
    let configured = &settings.auth.secrets;
    let keys = [
        ("auth.jwt_secret", configured.jwt_secret.is_some()),
        ("auth.encryption_key", configured.encryption.current.is_some()),
    ];
    let set = keys
        .into_iter()
        .filter(|(_, is_set)| *is_set)
        .map(|(key, _)| key.to_owned());
    named.chain(set).collect()
}

/// Refuses when a file of secrets here is another than in the backup.
pub fn assert_no_others(settings: &Settings, backup: &Path) -> Result<(), BackupError> {
    for file in all(settings) {
        let kept = backup.join(file.name);
        if !kept.exists() || !file.path.exists() {
            continue;
        }
        let read = |path: &Path| fs::read(path).map_err(at(path));
        if read(&kept)? != read(&file.path)? {
            return Err(BackupError::Occupied(file.path.display().to_string()));
        }
    }
    Ok(())
}

/// Puts the files of the backup where they belong. One that is there and differs stays beside it under another name.
pub fn restore(settings: &Settings, backup: &Path, aside: &str) -> Result<Vec<PathBuf>, BackupError> {
    let mut restored = Vec::new();
    for file in all(settings) {
        let (kept, path) = (backup.join(file.name), file.path);
        if !kept.exists() {
            continue;
        }
        if path.exists() {
            let read = |path: &Path| fs::read(path).map_err(at(path));
            if read(&kept)? == read(&path)? {
                continue;
            }
            let mut old = path.clone().into_os_string();
            old.push(aside);
            fs::rename(&path, old).map_err(at(&path))?;
        }
        files::copy(&kept, &path, &mut Progress::silent())?;
        restored.push(path);
    }
    Ok(restored)
}
