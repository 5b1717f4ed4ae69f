//! SQLite: the file is written anew by SQLite itself, and put in its place in one step.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tenon_sql::DataError;

use super::error::{BackupError, at};
use super::files;
use crate::data_folder;
use crate::progress::Progress;

/// How often the growing file is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Writes the database to a new file, while servers go on with it.
pub fn write(from: &Path, to: &Path, progress: &mut Progress) -> Result<(), BackupError> {
    if !from.is_file() {
        return Err(DataError::Missing(from.to_owned()).into());
    }
    // What was deleted is not written, so that the copy may be smaller.
    progress.begin("copying", "bytes", files::length(from)?, 0);
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let writing = scope.spawn(move || {
            let written = tenon_sql::write_anew(from, to);
            drop(done);
            written
        });
        let mut told = 0;
        while is_done.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            let length = fs::metadata(to).map_or(0, |file| file.len());
            progress.advance(length.saturating_sub(told));
            told = told.max(length);
        }
        writing
            .join()
            .unwrap_or(Err(DataError::Address("the copy was given up")))
    })?;
    fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(at(to))?;
    files::sync(to)
}

/// Puts a copy of the file in the place of the database, which nobody may have open. What was there stays beside it, under the
/// name that is returned.
pub fn restore(
    from: &Path,
    database: &Path,
    aside: &str,
    force: bool,
    progress: &mut Progress,
) -> Result<Option<PathBuf>, BackupError> {
    let folder = database.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    data_folder::make(folder).map_err(at(folder))?;
    // A server that starts now waits for this before it opens the file.
    let lock = tenon_sql::lock(database)?;
    let occupied = database.exists();
    if occupied {
        if !force {
            return Err(BackupError::Occupied(database.display().to_string()));
        }
        tenon_sql::settle(database)?;
    } else {
        clear(database, aside, force)?;
    }
    let draft = beside(database, ".restoring");
    if draft.exists() {
        fs::remove_file(&draft).map_err(at(&draft))?;
    }
    progress.begin("restoring", "bytes", files::length(from)?, 0);
    files::copy(from, &draft, progress)?;
    let keep = || files::beside(database, aside, |old| fs::hard_link(database, old));
    let old = occupied.then(keep).transpose()?.map(|(old, ())| old);
    fs::rename(&draft, database).map_err(at(database))?;
    files::sync(folder)?;
    drop(lock);
    Ok(old)
}

/// Moves aside what SQLite left of a database that is gone: it would take it for a part of the one that comes.
fn clear(database: &Path, aside: &str, force: bool) -> Result<(), BackupError> {
    let left = ["-wal", "-journal", "-shm"].map(|ending| beside(database, ending));
    for file in left.iter().filter(|file| file.exists()) {
        if !force {
            return Err(BackupError::Occupied(file.display().to_string()));
        }
        files::beside(file, aside, |old| fs::hard_link(file, old))?;
        fs::remove_file(file).map_err(at(file))?;
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}
