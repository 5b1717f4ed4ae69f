use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm as Cipher, KeyInit};
use tenon_kernel::{Seal, Unavailable};
use zeroize::Zeroizing;

use crate::secrets::random;

const NONCE: usize = 12;
const TAG: usize = 16;

/// Why nothing was sealed or opened. It does not say which part was wrong: that would help only an attacker.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key is not 64 hexadecimal digits.
    #[error("the key must be 64 hexadecimal digits")]
    Key,
    /// The bytes were changed, or sealed with another key or for another context.
    #[error("the sealed bytes do not open")]
    Forged,
    /// There is no randomness, or the text is longer than the cipher allows (64 GiB).
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A text as [`encrypt`] leaves it, every field in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encrypted {
    /// As long as the text.
    pub encrypted: String,
    /// The random nonce, 12 bytes.
    pub iv: String,
    /// The authentication tag, 16 bytes.
    pub tag: String,
}

/// Seals with AES-256-GCM (NIST SP 800-38D): a random 96-bit nonce, the ciphertext and the 128-bit tag, in this order.
///
/// One key is good for 2^32 seals; after that, two nonces may be equal with a chance above 2^-32 (section 8.3).
pub struct Aes256Gcm(Cipher);

impl Aes256Gcm {
    /// A sealer with these 256 bits.
    pub(crate) fn with(key: &[u8; 32]) -> Self {
        Self(Cipher::new(key.into()))
    }

    /// A sealer with the key that the 64 hexadecimal digits spell.
    ///
    /// # Errors
    ///
    /// [`SealError::Key`].
    pub fn new(key_hex: &str) -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(key_hex, key.as_mut_slice()).map_err(|_| SealError::Key)?;
        Ok(Self::with(&key))
    }

    /// Nonce, ciphertext and tag.
    pub(crate) fn seal_bytes(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, Unavailable> {
        let (nonce, ciphertext) = self.encrypt(plain, context)?;
        Ok([nonce.as_slice(), &ciphertext].concat())
    }

    /// What [`Aes256Gcm::seal_bytes`] sealed.
    pub(crate) fn open_bytes(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, ciphertext) = sealed.split_first_chunk().ok_or(SealError::Forged)?;
        self.decrypt(nonce, ciphertext, context)
    }

    fn encrypt(&self, plain: &[u8], context: &[u8]) -> Result<([u8; NONCE], Vec<u8>), Unavailable> {
        let nonce = random::<NONCE>()?;
        let payload = Payload {
            msg: plain,
            aad: context,
        };
        match self.0.encrypt((&nonce).into(), payload) {
            Ok(ciphertext) => Ok((nonce, ciphertext)),
            Err(error) => Err(Unavailable::new("sealing", error.to_string())),
        }
    }

    fn decrypt(&self, nonce: &[u8; NONCE], ciphertext: &[u8], context: &[u8]) -> Result<Vec<u8>, SealError> {
        let payload = Payload {
            msg: ciphertext,
            aad: context,
        };
        self.0.decrypt(nonce.into(), payload).map_err(|_| SealError::Forged)
    }
}

impl std::fmt::Debug for Aes256Gcm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Aes256Gcm")
    }
}

impl Seal for Aes256Gcm {
    fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, Unavailable> {
        self.seal_bytes(plain, context)
    }

    fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, Unavailable> {
        self.open_bytes(sealed, context).map_err(unavailable)
    }
}

pub(crate) fn unavailable(error: SealError) -> Unavailable {
    match error {
        SealError::Unavailable(error) => error,
        error => Unavailable::new("sealing", error),
    }
}

/// Encrypts `text` with the key that the 64 hexadecimal digits spell.
///
/// # Errors
///
/// As [`SealError`] says.
pub fn encrypt(text: &str, key_hex: &str) -> Result<Encrypted, SealError> {
    let (nonce, ciphertext) = Aes256Gcm::new(key_hex)?.encrypt(text.as_bytes(), &[])?;
    let (encrypted, tag) = ciphertext.split_last_chunk::<TAG>().ok_or(SealError::Forged)?;
    Ok(Encrypted {
        encrypted: hex::encode(encrypted),
        iv: hex::encode(nonce),
        tag: hex::encode(tag),
    })
}

/// Decrypts what [`encrypt`] made.
///
/// # Errors
///
/// [`SealError::Key`], [`SealError::Forged`].
pub fn decrypt(sealed: &Encrypted, key_hex: &str) -> Result<String, SealError> {
    let mut nonce = [0; NONCE];
    let mut tag = [0; TAG];
    hex::decode_to_slice(&sealed.iv, &mut nonce).map_err(|_| SealError::Forged)?;
    hex::decode_to_slice(&sealed.tag, &mut tag).map_err(|_| SealError::Forged)?;
    let mut ciphertext = hex::decode(&sealed.encrypted).map_err(|_| SealError::Forged)?;
    ciphertext.extend_from_slice(&tag);
    let plain = Aes256Gcm::new(key_hex)?.decrypt(&nonce, &ciphertext, &[])?;
    String::from_utf8(plain).map_err(|_| SealError::Forged)
}

#[cfg(test)]
mod tests;
