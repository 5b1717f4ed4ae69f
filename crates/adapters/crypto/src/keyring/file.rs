use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use tenon_kernel::{KeyId, Unavailable};
use zeroize::Zeroizing;

use super::keys::{Keys, id};
use crate::secrets::random;

const HEAD: &str = "\
# The keys that seal what Tenon keeps encrypted. The first one seals, all of them open: what was sealed with a key opens with
# nothing else. Keep this file, and keep it to yourself. `tenon keys rotate` puts a new key first.
";

/// A file of master keys: 64 hexadecimal digits a line, the first seals; lines that begin with `#` and empty ones do not count.
#[derive(Debug, Clone)]
pub struct KeyFile(PathBuf);

/// The right to change a file, until this is dropped or the process ends.
#[derive(Debug)]
pub struct KeyFileLock(#[expect(dead_code, reason = "the lock goes when this is dropped")] File);

/// Why there are no keys, or why they were not changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Somebody else may have read them.
    #[error("{path} can be read by others (mode {mode:03o}); run `chmod 600 {path}`", path = .path.display())]
    Exposed { path: PathBuf, mode: u32 },
    /// A line is no key.
    #[error("{path}: line {line} is not 64 hexadecimal digits", path = .path.display())]
    Malformed { path: PathBuf, line: usize },
    /// There is no key in it.
    #[error("{path} holds no key", path = .0.display())]
    Empty(PathBuf),
    /// Somebody else changes the keys.
    #[error("the keys in {path} are being changed by somebody else", path = .0.display())]
    Busy(PathBuf),
    /// It could not be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io { path: PathBuf, source: io::Error },
    /// There was no randomness.
    #[error(transparent)]
    Random(#[from] Unavailable),
}

impl KeyFileError {
    /// Whether there is no file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == ErrorKind::NotFound)
    }
}

impl KeyFile {
    /// The file at `path`, which may not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn exists(&self) -> bool {
        self.0.exists()
    }

    /// Takes the right to change the file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Busy`], [`KeyFileError::Io`].
    pub fn lock(&self) -> Result<KeyFileLock, KeyFileError> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(self.0.with_extension("lock"));
        let file = file.map_err(self.io())?;
        match file.try_lock() {
            Ok(()) => Ok(KeyFileLock(file)),
            Err(TryLockError::WouldBlock) => Err(KeyFileError::Busy(self.0.clone())),
            Err(TryLockError::Error(error)) => Err(self.io()(error)),
        }
    }

    /// Makes the file with `key` in it.
    ///
    /// # Errors
    ///
    /// As [`KeyFileError`] says.
    pub fn create(&self, _: &KeyFileLock, key: &SecretString) -> Result<(), KeyFileError> {
        let text = Zeroizing::new(format!("{HEAD}{}\n", key.expose_secret()));
        self.replace(&text)
    }

    /// Puts a new key before all others, and says which.
    ///
    /// # Errors
    ///
    /// As [`KeyFileError`] says.
    pub fn add(&self, _: &KeyFileLock) -> Result<KeyId, KeyFileError> {
        let text = self.read()?;
        let key = Zeroizing::new(hex::encode(Zeroizing::new(random::<32>()?)));
        let mut lines: Vec<&str> = text.lines().collect();
        let first = lines.iter().position(|line| is_key(line)).unwrap_or(lines.len());
        lines.insert(first, &key);
        self.replace(&joined(&lines))?;
        self.named(&key, first)
    }

    /// Takes the keys away that are not to stay, and says which these were. The first one always stays.
    ///
    /// # Errors
    ///
    /// As [`KeyFileError`] says.
    pub fn keep(&self, _: &KeyFileLock, stays: impl Fn(&KeyId) -> bool) -> Result<Vec<KeyId>, KeyFileError> {
        let text = self.read()?;
        let (mut lines, mut gone, mut first) = (Vec::new(), Vec::new(), true);
        for (number, line) in text.lines().enumerate() {
            if is_key(line) {
                let key = self.named(line.trim(), number)?;
                if !first && !stays(&key) {
                    gone.push(key);
                    continue;
                }
                first = false;
            }
            lines.push(line);
        }
        if !gone.is_empty() {
            self.replace(&joined(&lines))?;
        }
        Ok(gone)
    }

    /// How long ago the file was changed.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Io`].
    pub fn age(&self) -> Result<Duration, KeyFileError> {
        let changed = fs::metadata(&self.0)
            .and_then(|file| file.modified())
            .map_err(self.io())?;
        Ok(SystemTime::now().duration_since(changed).unwrap_or_default())
    }

    /// All keys.
    pub(super) fn keys(&self) -> Result<Keys, KeyFileError> {
        let text = self.read()?;
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| is_key(line)) {
            self.named(line.trim(), number)?;
            keys.push(line.trim());
        }
        let (current, others) = keys.split_first().ok_or_else(|| KeyFileError::Empty(self.0.clone()))?;
        Keys::new(current, others.iter().copied()).map_err(|_| KeyFileError::Empty(self.0.clone()))
    }

    fn named(&self, key: &str, number: usize) -> Result<KeyId, KeyFileError> {
        id(key).map_err(|_| KeyFileError::Malformed {
            path: self.0.clone(),
            line: number + 1,
        })
    }

    fn read(&self) -> Result<Zeroizing<String>, KeyFileError> {
        let mut file = File::open(&self.0).map_err(self.io())?;
        let metadata = file.metadata().map_err(self.io())?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = self.0.clone();
            return Err(KeyFileError::Exposed { path, mode });
        }
        // A buffer that grows would leave copies behind.
        let length = usize::try_from(metadata.len()).unwrap_or_default();
        let mut text = Zeroizing::new(String::with_capacity(length + 1));
        file.read_to_string(&mut text).map_err(self.io())?;
        Ok(text)
    }

    /// Writes beside the file and renames, so that whoever reads finds the keys of before or those of after. A power failure leaves one
    /// of both. The new file belongs to whom the old one belonged, so that the server can still read it.
    fn replace(&self, text: &str) -> Result<(), KeyFileError> {
        let path = match fs::canonicalize(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound => self.0.clone(),
            path => path.map_err(self.io())?,
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        let draft = path.with_extension("draft");
        let written = write(&draft, folder, &path, text)
            .and_then(|()| fs::rename(&draft, &path))
            .and_then(|()| File::open(folder)?.sync_all());
        written.map_err(self.io())
    }

    fn io(&self) -> impl Fn(io::Error) -> KeyFileError {
        |source| KeyFileError::Io {
            path: self.0.clone(),
            source,
        }
    }
}

fn write(draft: &Path, folder: &Path, owned: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let owner = fs::metadata(owned).or_else(|_| fs::metadata(folder))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    let own = file.metadata()?;
    if own.uid() != owner.uid() || own.gid() != owner.gid() {
        fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn is_key(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn joined(lines: &[&str]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(lines.iter().map(|line| line.len() + 1).sum()));
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}
