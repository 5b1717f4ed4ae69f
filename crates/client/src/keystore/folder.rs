use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::StoreError;

const OWNER_ALONE: u32 = 0o600;

/// A folder that one process has at a time and its user alone can read.
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        make(path)?;
        let lock = options().create(true).truncate(false).open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The names of the files in it.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    /// The content of a file, if there is one.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives a file this content, on the disk: after a crash it has the one before or this one. The file stays open for more.
    pub fn replace(&self, name: &str, content: &[u8]) -> io::Result<File> {
        let (new, path) = (self.path(&format!("{name}.new")), self.path(name));
        let mut file = options().create(true).truncate(true).open(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(&self.path)?.sync_all()?;
        Ok(file)
    }

    /// Opens a file for appending, made if there is none.
    pub fn append(&self, name: &str) -> io::Result<File> {
        let path = self.path(name);
        let made = !path.exists();
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(OWNER_ALONE)
            .open(path)?;
        if made {
            File::open(&self.path)?.sync_all()?;
        }
        Ok(file)
    }

    pub fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(OWNER_ALONE);
    options
}

/// Makes the folder if there is none, and takes from others what they may do with it.
fn make(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
