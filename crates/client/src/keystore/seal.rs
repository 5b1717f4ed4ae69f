use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::StoreError;
use super::changes::Value;
use super::folder::Folder;
use crate::encoding::{decode, encode, random};

const HEADER: &str = "header.json";

/// How the files of a folder are written.
const VERSION: u32 = 2;

const CONTEXT: &[u8] = b"tenon key store, version 1";

/// 64 MiB, 3 passes, 4 lanes: the second choice of RFC 9106, section 4.
const COST: Cost = Cost {
    memory_kib: 65_536,
    passes: 3,
    lanes: 4,
};

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    passphrase: Option<Protected>,
}

/// The key of the folder, sealed with what argon2id makes of the passphrase.
#[derive(Serialize, Deserialize)]
struct Protected {
    salt: String,
    #[serde(flatten)]
    cost: Cost,
    key: String,
}

/// Seals what goes into the files of a folder, or leaves it as it is.
pub(super) struct Sealer(Option<Aes256Gcm>);

impl Sealer {
    /// The sealer of a folder; a new folder gets the passphrase that is given, or none.
    pub fn of(folder: &Folder, passphrase: Option<&SecretString>) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged(HEADER.to_owned());
        let header: Header = match folder.read(HEADER)? {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| damaged())?,
            None => {
                let header = Header {
                    version: VERSION,
                    passphrase: passphrase.map(Protected::new).transpose()?,
                };
                folder.replace(HEADER, &serde_json::to_vec(&header).map_err(|_| damaged())?)?;
                header
            }
        };
        match (header.version, header.passphrase, passphrase) {
            (VERSION, None, None) => Ok(Self(None)),
            (VERSION, Some(protected), Some(passphrase)) => Ok(Self(Some(protected.open(passphrase)?))),
            (VERSION, Some(_), None) => Err(StoreError::PassphraseNeeded),
            (VERSION, None, Some(_)) => Err(StoreError::WrongPassphrase),
            (version, ..) => Err(StoreError::OtherVersion(version)),
        }
    }

    /// Seals with a random nonce for a context; it opens in that context alone.
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, StoreError> {
        match &self.0 {
            None => Ok(plain.to_vec()),
            Some(cipher) => seal(cipher, plain, context),
        }
    }

    /// Opens it; `None` when it was changed, or sealed elsewhere.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Value> {
        match &self.0 {
            None => Some(Zeroizing::new(sealed.to_vec())),
            Some(cipher) => open(cipher, sealed, context),
        }
    }
}

fn seal(cipher: &Aes256Gcm, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, StoreError> {
    let nonce = random::<12>()?;
    let payload = Payload {
        msg: plain,
        aad: context,
    };
    let sealed = cipher.encrypt((&nonce).into(), payload);
    let sealed = sealed.map_err(|_| std::io::Error::other("too much to seal at once"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open(cipher: &Aes256Gcm, sealed: &[u8], context: &[u8]) -> Option<Value> {
    let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
    let payload = Payload {
        msg: sealed,
        aad: context,
    };
    cipher.decrypt(nonce.into(), payload).ok().map(Zeroizing::new)
}

impl Protected {
    fn new(passphrase: &SecretString) -> Result<Self, StoreError> {
        let (salt, key) = (random::<16>()?, Zeroizing::new(random::<32>()?));
        let cipher = derive(passphrase, &salt, COST).ok_or(StoreError::WrongPassphrase)?;
        Ok(Self {
            salt: encode(&salt),
            cost: COST,
            key: encode(&seal(&cipher, key.as_slice(), CONTEXT)?),
        })
    }

    fn open(&self, passphrase: &SecretString) -> Result<Aes256Gcm, StoreError> {
        let opened = || {
            let cipher = derive(passphrase, &decode(&self.salt)?, self.cost)?;
            let key = open(&cipher, &decode(&self.key)?, CONTEXT)?;
            Aes256Gcm::new_from_slice(&key).ok()
        };
        opened().ok_or(StoreError::WrongPassphrase)
    }
}

/// The cipher that a passphrase opens the folder's key with.
fn derive(passphrase: &SecretString, salt: &[u8], cost: Cost) -> Option<Aes256Gcm> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, key.as_mut_slice())
        .ok()?;
    Aes256Gcm::new_from_slice(key.as_slice()).ok()
}
