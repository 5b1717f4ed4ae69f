use std::path::PathBuf;

use serde_json::json;
use tenon_kernel::Clock;
use tenon_local::SystemClock;

use super::error::BackupError;
use super::manifest::{Kind, Manifest};
use super::verifying::verify;
use super::{postgres, secrets, sqlite};
use crate::command_line::Restore;
use crate::configuration::{DatabaseUrl, Settings};
use crate::progress::Progress;
use crate::terminal::say;

/// What was done.
#[derive(Default)]
struct Restored {
    /// Where the database is that was there before.
    old: Option<PathBuf>,
    secrets: Vec<PathBuf>,
}

/// Checks the backup, and unless nothing else was asked for puts it in the place of the configured database.
///
/// # Errors
///
/// As [`BackupError`] says.
pub fn run(settings: &Settings, arguments: &Restore) -> Result<(), BackupError> {
    let mut progress = Progress::new();
    let manifest = verify(&arguments.path, &mut progress)?;
    let restored = match arguments.verify {
        true => Restored::default(),
        false => restore(settings, arguments, &manifest, &mut progress)?,
    };
    progress.end();
    tell(&manifest, arguments, &restored);
    Ok(())
}

fn restore(
    settings: &Settings,
    arguments: &Restore,
    manifest: &Manifest,
    progress: &mut Progress,
) -> Result<Restored, BackupError> {
    let (folder, force) = (&arguments.path, arguments.force);
    let configured = match &settings.database.url {
        DatabaseUrl::Sqlite(_) => Kind::Sqlite,
        DatabaseUrl::Postgres(_) => Kind::Postgres,
    };
    if configured != manifest.database {
        return Err(other_kind(manifest.database, configured));
    }
    if !force {
        secrets::assert_no_others(settings, manifest, folder)?;
    }
    let drafts = secrets::prepare(settings, manifest, folder)?;
    let aside = format!(".replaced-{}", SystemClock::default().now().as_seconds());
    let database = folder.join(manifest.database.file());
    let old = match &settings.database.url {
        DatabaseUrl::Sqlite(path) => sqlite::restore(&database, path, &aside, force, progress)?,
        DatabaseUrl::Postgres(url) => {
            postgres::restore(url, &database, manifest, force, progress)?;
            None
        }
    };
    Ok(Restored {
        old,
        secrets: drafts.put(&aside)?,
    })
}

fn other_kind(backup: Kind, configured: Kind) -> BackupError {
    BackupError::OtherKind {
        backup: backup.name(),
        configured: configured.name(),
        remedy: match backup {
            Kind::Sqlite => "restore it on SQLite, and use `tenon migrate-data` then",
            Kind::Postgres => "set DATABASE_URL to a database on Postgres",
        },
    }
}

fn tell(manifest: &Manifest, arguments: &Restore, restored: &Restored) {
    let (path, rows, tables) = (arguments.path.display(), manifest.rows(), manifest.tables.len());
    if arguments.format.json {
        let old = restored.old.as_ref().map(|path| path.display().to_string());
        say(json!({
            "path": path.to_string(),
            "restored": !arguments.verify,
            "rows": rows,
            "madeAt": manifest.made_at,
            "version": manifest.version,
            "replaced": old,
        }));
        return;
    }
    let (kind, made_at) = (manifest.database.name(), &manifest.made_at);
    say(format_args!(
        "{path} is whole: {rows} rows in {tables} tables of {kind}, of {made_at}"
    ));
    if arguments.verify {
        return;
    }
    if let Some(old) = &restored.old {
        say(format_args!("what was there before is now {}", old.display()));
    }
    for secret in &restored.secrets {
        say(format_args!("restored {}", secret.display()));
    }
    if !manifest.with_secrets && !manifest.secrets.is_empty() {
        say(format_args!("it needs its secrets: {}", manifest.secrets.join(", ")));
    }
    say("restored; the tables are brought up to date at the next start");
}
