//! Whether a backup is what was written.

use std::fs;
use std::path::Path;

use tenon_sql::differences;

use super::error::{BackupError, at};
use super::manifest::{FORMAT, Kind, MANIFEST, Manifest, SUMS};
use super::{files, postgres, reading, secrets};
use crate::progress::Progress;

/// Reads the manifest, compares the digest of every file, opens the database and compares what is in it. Changes nothing.
pub fn verify(folder: &Path, progress: &mut Progress) -> Result<Manifest, BackupError> {
    let manifest = read(folder)?;
    secrets::assert_named(&manifest, folder)?;
    progress.begin("checking", "bytes", manifest.bytes(), 0);
    for file in &manifest.files {
        let path = folder.join(&file.name);
        if files::length(&path)? != file.bytes || files::digest(&path, progress)? != file.sha256 {
            return Err(damaged(&path, "it is not what was written"));
        }
    }
    open(&manifest, folder, progress)?;
    Ok(manifest)
}

/// The manifest, after its own digest was compared.
fn read(folder: &Path) -> Result<Manifest, BackupError> {
    let (path, sums) = (folder.join(MANIFEST), folder.join(SUMS));
    let bytes = fs::read(&path).map_err(at(&path))?;
    let kept = fs::read(&sums).map_err(at(&sums))?;
    let text = String::from_utf8(bytes).map_err(|_| damaged(&path, "it is no text"))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| damaged(&path, &error.to_string()))?;
    if manifest.sums(&text).as_bytes() != kept {
        return Err(damaged(
            &sums,
            "the digests are not those of the manifest and of the files that it names",
        ));
    }
    if manifest.format != FORMAT || manifest.schema.as_str() > tenon_sql::schema().as_str() {
        return Err(BackupError::Newer {
            version: manifest.version,
            schema: manifest.schema,
        });
    }
    if let Some(file) = manifest.files.iter().find(|file| file.name.contains('/')) {
        return Err(damaged(&path, &format!("{} is no name of a file", file.name)));
    }
    Ok(manifest)
}

fn open(manifest: &Manifest, folder: &Path, progress: &mut Progress) -> Result<(), BackupError> {
    let database = folder.join(manifest.database.file());
    if manifest.database == Kind::Postgres {
        return postgres::check(&database, manifest.server.unwrap_or_default());
    }
    let found = tenon_sql::check_file(&database, &mut reading(progress))?;
    let expected = manifest.contents();
    let differences = differences(&expected.tables, &found.tables);
    if differences.is_empty() && found.tables.len() == expected.tables.len() && found.schema == expected.schema {
        return Ok(());
    }
    Err(BackupError::Differs(differences))
}

fn damaged(path: &Path, why: &str) -> BackupError {
    BackupError::Damaged {
        path: path.to_owned(),
        why: why.to_owned(),
    }
}
