use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use serde_json::json;
use tenon_kernel::Clock;
use tenon_local::SystemClock;
use tenon_sql::Contents;

use super::error::{BackupError, at};
use super::manifest::{Entry, FORMAT, Kind, Manifest};
use super::{files, postgres, reading, secrets, sqlite};
use crate::command_line::Backup;
use crate::configuration::{DatabaseUrl, Settings};
use crate::data_folder;
use crate::progress::Progress;
use crate::terminal::say;

/// Writes the backup beside its place, and puts it there when it is whole and durable.
///
/// # Errors
///
/// As [`BackupError`] says.
pub fn run(settings: &Settings, arguments: &Backup) -> Result<(), BackupError> {
    let path = &arguments.path;
    if is_taken(path) {
        return Err(BackupError::Exists(path.clone()));
    }
    let parent = files::folder(path);
    data_folder::make(parent).map_err(at(parent))?;
    let (draft, ()) = files::beside(path, ".partial", |draft| DirBuilder::new().mode(0o700).create(draft))?;
    let mut progress = Progress::new();
    let made = make(settings, arguments, &draft, &mut progress).and_then(|manifest| {
        put(&draft, path)?;
        Ok(manifest)
    });
    progress.end();
    match made {
        Ok(manifest) => {
            files::sync(parent)?;
            tell(&manifest, arguments);
            Ok(())
        }
        Err(error) => {
            // Half a backup is of use to nobody; what counts is why.
            let _ = fs::remove_dir_all(&draft);
            Err(error)
        }
    }
}

/// Gives the whole backup its name, unless somebody took it meanwhile: a folder takes the place of nothing but an empty one.
fn put(draft: &Path, path: &Path) -> Result<(), BackupError> {
    fs::rename(draft, path).map_err(|error| match is_taken(path) {
        true => BackupError::Exists(path.to_owned()),
        false => at(path)(error),
    })
}

fn is_taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn make(
    settings: &Settings,
    arguments: &Backup,
    folder: &Path,
    progress: &mut Progress,
) -> Result<Manifest, BackupError> {
    let (kind, contents, server) = copy(settings, folder, progress)?;
    let mut names = vec![kind.file().to_owned()];
    if arguments.with_secrets {
        for file in secrets::present(settings) {
            files::copy(&file.path, &folder.join(file.name), &mut Progress::silent())?;
            names.push(file.name.to_owned());
        }
    }
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: SystemClock::default().now().to_string(),
        database: kind,
        server,
        schema: contents.schema,
        tables: contents.tables.into_iter().map(Into::into).collect(),
        files: entries(folder, &names, progress)?,
        secrets: secrets::needed(settings),
        with_secrets: arguments.with_secrets,
    };
    manifest.write(folder)?;
    files::sync(folder)?;
    Ok(manifest)
}

fn copy(
    settings: &Settings,
    folder: &Path,
    progress: &mut Progress,
) -> Result<(Kind, Contents, Option<i32>), BackupError> {
    match &settings.database.url {
        DatabaseUrl::Sqlite(path) => {
            let to = folder.join(Kind::Sqlite.file());
            sqlite::write(path, &to, progress)?;
            let contents = tenon_sql::check_file(&to, &mut reading(progress))?;
            Ok((Kind::Sqlite, contents, None))
        }
        DatabaseUrl::Postgres(url) => {
            let to = folder.join(Kind::Postgres.file());
            let (contents, major) = postgres::write(url, &to, progress)?;
            Ok((Kind::Postgres, contents, Some(major)))
        }
    }
}

fn entries(folder: &Path, names: &[String], progress: &mut Progress) -> Result<Vec<Entry>, BackupError> {
    let mut all = 0;
    for name in names {
        all += files::length(&folder.join(name))?;
    }
    progress.begin("digesting", "bytes", all, 0);
    let entry = |name: &String| {
        let path = folder.join(name);
        Ok(Entry {
            name: name.clone(),
            bytes: files::length(&path)?,
            sha256: files::digest(&path, progress)?,
        })
    };
    names.iter().map(entry).collect()
}

fn tell(manifest: &Manifest, arguments: &Backup) {
    let (path, bytes, rows) = (arguments.path.display(), manifest.bytes(), manifest.rows());
    if arguments.format.json {
        say(json!({ "path": path.to_string(), "bytes": bytes, "rows": rows, "manifest": manifest }));
        return;
    }
    let tables = manifest.tables.len();
    say(format_args!(
        "{path}: {rows} rows in {tables} tables, {bytes} bytes, of {}",
        manifest.made_at
    ));
    let needed = manifest.secrets.join(", ");
    match (arguments.with_secrets, manifest.secrets.is_empty()) {
        (_, true) => say("there are no secrets that the data needs yet"),
        (true, false) => say(format_args!(
            "it holds secrets, keep it to yourself; the data needs {needed}"
        )),
        (false, false) => say(format_args!(
            "it holds no secrets: keep {needed} apart, without which it is of little use"
        )),
    }
}
