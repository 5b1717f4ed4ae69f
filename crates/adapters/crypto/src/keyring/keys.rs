use std::fmt;

use sha2::{Digest, Sha256};
use tenon_kernel::KeyId;
use zeroize::Zeroizing;

use crate::sealing::{Aes256Gcm, SealError};

/// Master keys, at least one.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) current: Key,
    others: Vec<Key>,
}

/// A master key and its name.
pub(super) struct Key {
    pub(super) id: KeyId,
    pub(super) cipher: Aes256Gcm,
}

impl Key {
    fn new(key_hex: &str) -> Result<Self, SealError> {
        Ok(Self {
            id: id(key_hex)?,
            cipher: Aes256Gcm::new(key_hex)?,
        })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

/// The name of a key: it gives away nothing about the key but whether it is this one.
pub(super) fn id(key_hex: &str) -> Result<KeyId, SealError> {
    let mut key = Zeroizing::new([0; 32]);
    hex::decode_to_slice(key_hex, key.as_mut_slice()).map_err(|_| SealError::Key)?;
    let digest = Sha256::new().chain_update("tenon key id").chain_update(key.as_slice());
    let mut name = hex::encode(digest.finalize());
    name.truncate(16);
    Ok(KeyId(name))
}

impl Keys {
    /// Keys of 64 hexadecimal digits each. One that is given twice is there once.
    pub(super) fn new<'a>(current: &str, others: impl IntoIterator<Item = &'a str>) -> Result<Self, SealError> {
        let mut keys = Self {
            current: Key::new(current)?,
            others: Vec::new(),
        };
        for other in others {
            let key = Key::new(other)?;
            if keys.find(&key.id).is_none() {
                keys.others.push(key);
            }
        }
        Ok(keys)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.others)
    }

    pub(super) fn find(&self, id: &KeyId) -> Option<&Key> {
        self.all().find(|key| key.id == *id)
    }

    /// Opens what one of the keys sealed.
    pub(super) fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut opened = self.all().map(|key| key.cipher.open_bytes(sealed, context));
        opened.find(Result::is_ok).unwrap_or(Err(SealError::Forged))
    }
}
