//! The files of secrets, without which nobody opens what is sealed in the database.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{BackupError, at};
use super::files;
use super::manifest::Manifest;
use crate::configuration::Settings;
use crate::data_folder;
use crate::progress::Progress;

/// What files of secrets are called in a backup.
const NAMES: [&str; 2] = ["secrets.toml", "encryption.keys"];

/// A file of secrets: its name in a backup, and its place in this installation.
pub struct SecretFile {
    pub name: &'static str,
    pub path: PathBuf,
}

/// Every file that the installation may have.
pub fn all(settings: &Settings) -> Vec<SecretFile> {
    let (folder, [secrets, keys]) = (&settings.data.folder, NAMES);
    let file = settings.auth.secrets.encryption.file.clone();
    vec![
        SecretFile {
            name: secrets,
            path: folder.join(secrets),
        },
        SecretFile {
            name: keys,
            path: file.unwrap_or_else(|| folder.join(keys)),
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

/// Those that the backup has. What merely lies in its folder was written by somebody else.
fn of_backup(settings: &Settings, manifest: &Manifest) -> Vec<SecretFile> {
    let mut found = all(settings);
    found.retain(|file| manifest.names(file.name));
    found
}

/// Refuses a backup with a file of secrets in its folder that its manifest does not name.
pub fn assert_named(manifest: &Manifest, backup: &Path) -> Result<(), BackupError> {
    let mut paths = NAMES
        .iter()
        .filter(|name| !manifest.names(name))
        .map(|name| backup.join(name));
    match paths.find(|path| fs::symlink_metadata(path).is_ok()) {
        Some(path) => Err(BackupError::Unnamed(path)),
        None => Ok(()),
    }
}

/// Refuses when a file of secrets here is another than in the backup.
pub fn assert_no_others(settings: &Settings, manifest: &Manifest, backup: &Path) -> Result<(), BackupError> {
    for file in of_backup(settings, manifest) {
        if file.path.exists() && !are_same(&backup.join(file.name), &file.path)? {
            return Err(BackupError::Occupied(file.path.display().to_string()));
        }
    }
    Ok(())
}

fn are_same(one: &Path, other: &Path) -> Result<bool, BackupError> {
    let read = |path: &Path| fs::read(path).map_err(at(path));
    Ok(read(one)? == read(other)?)
}

/// Files of a backup, each beside the place where it belongs. Those that are not put there go with this.
#[derive(Default)]
pub struct Drafts(Vec<Draft>);

struct Draft {
    draft: PathBuf,
    path: PathBuf,
}

/// Copies the files of the backup to beside their places, unless they are there, so that what can fail does so before anything is replaced.
pub fn prepare(settings: &Settings, manifest: &Manifest, backup: &Path) -> Result<Drafts, BackupError> {
    let mut drafts = Drafts::default();
    for SecretFile { name, path } in of_backup(settings, manifest) {
        let kept = backup.join(name);
        if path.exists() && are_same(&kept, &path)? {
            continue;
        }
        let folder = files::folder(&path);
        data_folder::make(folder).map_err(at(folder))?;
        let (draft, file) = files::beside(&path, ".restoring", files::create)?;
        drafts.0.push(Draft {
            draft: draft.clone(),
            path,
        });
        files::fill(&kept, file, &draft, &mut Progress::silent())?;
    }
    Ok(drafts)
}

impl Drafts {
    /// Puts them where they belong. What is there stays beside it under another name.
    pub fn put(self, aside: &str) -> Result<Vec<PathBuf>, BackupError> {
        let put = |Draft { draft, path }: &Draft| {
            if path.exists() {
                files::beside(path, aside, |old| fs::hard_link(path, old))?;
            }
            fs::rename(draft, path).map_err(at(path))?;
            files::sync(files::folder(path))?;
            Ok(path.clone())
        };
        self.0.iter().map(put).collect()
    }
}

impl Drop for Drafts {
    fn drop(&mut self) {
        for Draft { draft, .. } in &self.0 {
            // Most are not there any more, which is as well.
            let _ = fs::remove_file(draft);
        }
    }
}
