//! The master keys: which one seals, which ones open, and the file that they may come from.

mod file;
mod keys;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use secrecy::{ExposeSecret, SecretString};
use tenon_kernel::{KeyId, Keyring, OpenError, Seal, Sealed, Slot, Unavailable};
use zeroize::Zeroizing;

pub use file::{KeyFile, KeyFileError, KeyFileLock};
use keys::Keys;

use crate::sealing::{Aes256Gcm, SealError, unavailable};
use crate::secrets::random;

/// For so long a key that the file does not have is not looked for again.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why there is no key ring.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// A key that was given.
    #[error(transparent)]
    Key(#[from] SealError),
    /// The file.
    #[error(transparent)]
    File(#[from] KeyFileError),
}

/// Seals every record with a random key of its own, which the current master key wraps (NIST SP 800-38D for both).
///
/// The wrapped key is bound to the record's place by `data key|organization|table|column|row`, the text by the same without its first
/// part. A master key that is not known is looked for in the file, if there is one, so that a record that another process sealed with
/// a new key opens at once.
#[derive(Debug)]
pub struct Ring {
    keys: RwLock<Arc<Keys>>,
    file: Option<KeyFile>,
    missed: Mutex<HashMap<KeyId, Instant>>,
}

impl Ring {
    /// The first key seals; all of them open.
    ///
    /// # Errors
    ///
    /// [`SealError::Key`].
    pub fn fixed(current: &SecretString, others: &[SecretString]) -> Result<Self, SealError> {
        let others = others.iter().map(ExposeSecret::expose_secret);
        Ok(Self::of(Keys::new(current.expose_secret(), others)?, None))
    }

    /// The keys of a file, of which the first seals.
    ///
    /// # Errors
    ///
    /// As [`KeyFileError`] says.
    pub fn of_file(file: KeyFile) -> Result<Self, KeyFileError> {
        Ok(Self::of(file.keys()?, Some(file)))
    }

    /// The keys of a file; as long as it is not there, one key.
    ///
    /// # Errors
    ///
    /// As [`RingError`] says.
    pub fn until_file(key: &SecretString, file: KeyFile) -> Result<Self, RingError> {
        let ring = Self::of(Keys::new(key.expose_secret(), [])?, Some(file));
        ring.refresh()?;
        Ok(ring)
    }

    fn of(keys: Keys, file: Option<KeyFile>) -> Self {
        Self {
            keys: RwLock::new(Arc::new(keys)),
            file,
            missed: Mutex::default(),
        }
    }

    /// Reads the file again, if there is one, and says whether another key seals from now on. A file that cannot be read changes
    /// nothing.
    ///
    /// # Errors
    ///
    /// As [`KeyFileError`] says.
    pub fn refresh(&self) -> Result<bool, KeyFileError> {
        let read = match self.file.as_ref().map(KeyFile::keys) {
            None => return Ok(false),
            // A ring whose file has to be there began with it; one that vanishes is not a reason to forget the keys.
            Some(Err(error)) if error.is_missing() => return Ok(false),
            Some(read) => read?,
        };
        let mut keys = self.keys.write();
        let other = keys.current.id != read.current.id;
        *keys = Arc::new(read);
        Ok(other)
    }

    /// The names of all keys, the current one first.
    pub fn ids(&self) -> Vec<KeyId> {
        self.snapshot().all().map(|key| key.id.clone()).collect()
    }

    fn snapshot(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read())
    }

    /// Does something with a key.
    fn with<T>(&self, id: &KeyId, work: impl Fn(&Aes256Gcm) -> Result<T, OpenError>) -> Result<T, OpenError> {
        if let Some(key) = self.snapshot().find(id) {
            return work(&key.cipher);
        }
        if self.was_missed(id) {
            return Err(OpenError::UnknownKey(id.clone()));
        }
        self.refresh().map_err(|error| Unavailable::new("key file", error))?;
        match self.snapshot().find(id) {
            Some(key) => work(&key.cipher),
            None => Err(OpenError::UnknownKey(id.clone())),
        }
    }

    /// Whether the key was looked for a moment ago; from now on it was.
    fn was_missed(&self, id: &KeyId) -> bool {
        let mut missed = self.missed.lock();
        missed.retain(|_, at| at.elapsed() < PATIENCE);
        if missed.contains_key(id) {
            return true;
        }
        missed.insert(id.clone(), Instant::now());
        false
    }

    fn unwrap(&self, key: &KeyId, wrapped: &[u8], slot: &Slot) -> Result<Zeroizing<[u8; 32]>, OpenError> {
        let context = wrapping_context(slot);
        self.with(key, |master| {
            let opened = Zeroizing::new(master.open_bytes(wrapped, &context).map_err(why)?);
            let mut data_key = Zeroizing::new([0; 32]);
            if opened.len() != data_key.len() {
                return Err(OpenError::Forged);
            }
            data_key.copy_from_slice(&opened);
            Ok(data_key)
        })
    }
}

impl Keyring for Ring {
    fn seal(&self, plain: &[u8], slot: &Slot) -> Result<Sealed, Unavailable> {
        let data_key = Zeroizing::new(random::<32>()?);
        let keys = self.snapshot();
        Ok(Sealed {
            key: keys.current.id.clone(),
            wrapped: keys
                .current
                .cipher
                .seal_bytes(data_key.as_slice(), &wrapping_context(slot))?,
            text: Aes256Gcm::with(&data_key).seal_bytes(plain, slot.context().as_bytes())?,
        })
    }

    fn open(&self, sealed: &Sealed, slot: &Slot) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let data_key = self.unwrap(&sealed.key, &sealed.wrapped, slot)?;
        let opened = Aes256Gcm::with(&data_key).open_bytes(&sealed.text, slot.context().as_bytes());
        opened.map(Zeroizing::new).map_err(why)
    }

    fn rewrap(&self, key: &KeyId, wrapped: &[u8], slot: &Slot) -> Result<(KeyId, Vec<u8>), OpenError> {
        let data_key = self.unwrap(key, wrapped, slot)?;
        let keys = self.snapshot();
        let wrapped = keys
            .current
            .cipher
            .seal_bytes(data_key.as_slice(), &wrapping_context(slot))?;
        Ok((keys.current.id.clone(), wrapped))
    }

    fn current(&self) -> KeyId {
        self.snapshot().current.id.clone()
    }
}

/// What is sealed so does not say with which key: every one is tried, and the file is read once more before it is given up.
impl Seal for Ring {
    fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, Unavailable> {
        self.snapshot().current.cipher.seal_bytes(plain, context)
    }

    fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, Unavailable> {
        match self.snapshot().open(sealed, context) {
            Err(SealError::Forged) if self.file.is_some() => {
                self.refresh().map_err(|error| Unavailable::new("key file", error))?;
                self.snapshot().open(sealed, context)
            }
            opened => opened,
        }
        .map_err(unavailable)
    }
}

fn wrapping_context(slot: &Slot) -> Vec<u8> {
    format!("data key|{}", slot.context()).into_bytes()
}

fn why(error: SealError) -> OpenError {
    match error {
        SealError::Key | SealError::Forged => OpenError::Forged,
        SealError::Unavailable(error) => OpenError::Unavailable(error),
    }
}
