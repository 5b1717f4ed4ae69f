//! Files that are copied, digested and made durable.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::{BackupError, at};
use crate::progress::Progress;

const BUFFER: usize = 1 << 20;

/// The SHA-256 of a file, as 64 hexadecimal digits.
pub fn digest(path: &Path, progress: &mut Progress) -> Result<String, BackupError> {
    let mut file = File::open(path).map_err(at(path))?;
    pump(&mut file, &mut io::sink(), progress).map_err(at(path))
}

/// Copies a file so that only its owner can read the copy, which is durable when this returns; says what its digest is.
pub fn copy(from: &Path, to: &Path, progress: &mut Progress) -> Result<String, BackupError> {
    fill(from, create(to).map_err(at(to))?, to, progress)
}

/// As [`copy`], into a file that was made.
pub fn fill(from: &Path, mut target: File, to: &Path, progress: &mut Progress) -> Result<String, BackupError> {
    let mut source = File::open(from).map_err(at(from))?;
    let digest = pump(&mut source, &mut target, progress).map_err(at(to))?;
    target.sync_all().map_err(at(to))?;
    Ok(digest)
}

/// Writes a small file.
pub fn write(path: &Path, text: &str) -> Result<(), BackupError> {
    let mut file = create(path).map_err(at(path))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(at(path))
}

/// Makes what was written to a file, or to a folder, durable.
pub fn sync(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}

pub fn length(path: &Path) -> Result<u64, BackupError> {
    Ok(fs::metadata(path).map_err(at(path))?.len())
}

/// Makes a file that nobody but its owner can read.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}

/// Has `make` make something at the first of PATH and ENDING-1, ENDING-2 and so on that nobody has; says which that was. What is there
/// already is another run's, or anybody's.
pub fn beside<T>(
    path: &Path,
    ending: &str,
    make: impl Fn(&Path) -> io::Result<T>,
) -> Result<(PathBuf, T), BackupError> {
    let mut number: u32 = 1;
    loop {
        // Without a slash at the end, behind which it would be in the folder of that name.
        let mut name = OsString::from(path.components().collect::<PathBuf>());
        name.push(format!("{ending}-{number}"));
        let free = PathBuf::from(name);
        match make(&free) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number = number.saturating_add(1),
            made => return made.map_err(at(&free)).map(|made| (free.clone(), made)),
        }
    }
}

/// The folder that a path is in.
pub fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn pump(source: &mut impl Read, target: &mut impl Write, progress: &mut Progress) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = source.read(&mut buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(bytes);
        target.write_all(bytes)?;
        progress.advance(bytes.len() as u64);
    }
}
