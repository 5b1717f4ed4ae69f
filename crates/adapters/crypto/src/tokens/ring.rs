use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tenon_kernel::Unavailable;
use zeroize::Zeroizing;

use crate::secrets::hmac_sha256;

/// The fewest bytes of a key: those of the hash (RFC 7518, section 3.2).
const SHORTEST: usize = 32;

/// Why no key ring was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no key at all.
    #[error("at least one signing key is needed")]
    Missing,
    /// A key is easier to guess than the hash is long.
    #[error("signing key {0} is shorter than 32 bytes")]
    TooShort(usize),
    /// A key stands in the ring twice, so that one of the two was forgotten to be replaced.
    #[error("signing key {0} is the same as an earlier one")]
    Repeated(usize),
}

/// Who a key's tokens may speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    Member,
    Operator,
}

/// One key of the ring.
pub struct Key {
    holder: Holder,
    /// The encoded header of every token of this key.
    header: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl Key {
    fn new(holder: Holder, secret: &[u8]) -> Self {
        let digest = hex::encode(Sha256::digest(secret));
        let kid = digest.get(..16).unwrap_or_default();
        let header = format!(r#"{{"typ":"at+jwt","alg":"HS256","kid":"{kid}"}}"#);
        Self {
            holder,
            header: URL_SAFE_NO_PAD.encode(header),
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
        }
    }

    pub fn holder(&self) -> Holder {
        self.holder
    }

    pub fn header(&self) -> &str {
        &self.header
    }

    pub fn sign(&self, message: &[u8]) -> Result<String, Unavailable> {
        crypto::sign(message, &self.signing, Algorithm::HS256).map_err(|error| Unavailable::new("signing", error))
    }

    pub fn signed(&self, message: &[u8], signature: &str) -> bool {
        crypto::verify(signature, message, &self.verifying, Algorithm::HS256).unwrap_or(false)
    }
}

/// The keys, members' and operator's in turn, newest first.
pub struct Ring(Vec<Key>);

impl Ring {
    /// Every key comes with a second one for the operator, which follows from it and the operator's password.
    pub fn new(secrets: &[SecretString], operator_password: &SecretString) -> Result<Self, KeyError> {
        let mut keys: Vec<Key> = Vec::with_capacity(secrets.len() * 2);
        for (index, secret) in secrets.iter().enumerate() {
            let secret = secret.expose_secret().as_bytes();
            if secret.len() < SHORTEST {
                return Err(KeyError::TooShort(index));
            }
            let member = Key::new(Holder::Member, secret);
            if keys.iter().any(|key| key.header == member.header) {
                return Err(KeyError::Repeated(index));
            }
            keys.push(member);
            let password = operator_password.expose_secret().as_bytes();
            let operator = Zeroizing::new(hmac_sha256(secret, &[b"operator\0", password]));
            keys.push(Key::new(Holder::Operator, operator.as_slice()));
        }
        if keys.is_empty() {
            return Err(KeyError::Missing);
        }
        Ok(Self(keys))
    }

    /// The key that signs for `holder`.
    pub fn newest(&self, holder: Holder) -> Option<&Key> {
        self.0.iter().find(|key| key.holder == holder)
    }

    /// The key whose tokens have this encoded header.
    pub fn find(&self, header: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.header == header)
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ring of {}", self.0.len())
    }
}
