use std::fmt;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{SimpleError, SimpleSecret};
use crate::encoding::{decode, encode, random};
use crate::key::PublicKey;

const MODE: u8 = 0x01;
const HEADER: usize = 9;
const NONCE: usize = 12;
const CONTEXT: &[u8] = b"tenon.v1 simple\0";

/// Which versions of the two public keys a content was sealed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// The sender's.
    pub sender: u32,
    /// The recipient's.
    pub recipient: u32,
}

impl Versions {
    /// The versions that a content names, so that its reader can choose the keys. They are not verified before it is opened.
    ///
    /// # Errors
    ///
    /// [`SimpleError::Malformed`].
    pub fn of(content: &str) -> Result<Self, SimpleError> {
        let bytes = decode(content).ok_or(SimpleError::Malformed)?;
        Ok(Parts::of(&bytes).ok_or(SimpleError::Malformed)?.versions)
    }
}

/// What a message is bound to: it opens as this message alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels {
    /// Who wrote it.
    pub sender: Uuid,
    /// For whom.
    pub recipient: Uuid,
    /// The id that the sender gave it.
    pub client_id: Uuid,
}

/// The key that two people share. Its memory is wiped when it is dropped.
pub struct Agreement(Zeroizing<[u8; 32]>);

impl Agreement {
    /// The key of `own` with somebody else's public key.
    ///
    /// # Errors
    ///
    /// [`SimpleError::WeakKey`] when every agreement with that public key has the same result (RFC 7748, section 6.1).
    pub fn new(me: Uuid, own: &SimpleSecret, peer: Uuid, their: &PublicKey) -> Result<Self, SimpleError> {
        let shared = own.0.diffie_hellman(&x25519_dalek::PublicKey::from(*their.as_bytes()));
        if !shared.was_contributory() {
            return Err(SimpleError::WeakKey);
        }
        let mut ends = [(me.into_bytes(), own.public()), (peer.into_bytes(), *their)];
        // Both ends must write them in the same order.
        ends.sort_unstable_by_key(|(id, _)| *id);
        let mut info = CONTEXT.to_vec();
        for (id, key) in &ends {
            info.extend_from_slice(id);
            info.extend_from_slice(key.as_bytes());
        }
        let mut key = Zeroizing::new([0; 32]);
        let extracted = Hkdf::<Sha256>::new(None, shared.as_bytes());
        extracted
            .expand(&info, key.as_mut_slice())
            .map_err(|_| SimpleError::WeakKey)?;
        Ok(Self(key))
    }

    /// Seals a text with a random nonce; the result is what is sent as `content`.
    ///
    /// # Errors
    ///
    /// Without random numbers.
    pub fn seal(&self, labels: &Labels, versions: Versions, text: &str) -> Result<String, SimpleError> {
        self.seal_with(labels, versions, text, random()?)
    }

    pub(super) fn seal_with(
        &self,
        labels: &Labels,
        versions: Versions,
        text: &str,
        nonce: [u8; NONCE],
    ) -> Result<String, SimpleError> {
        let header = header(versions);
        let payload = Payload {
            msg: text.as_bytes(),
            aad: &associated(&header, labels),
        };
        // Fails for texts of over 64 GiB alone.
        let sealed = self.cipher()?.encrypt((&nonce).into(), payload);
        let sealed = sealed.map_err(|_| SimpleError::Malformed)?;
        Ok(encode(&[header.as_slice(), &nonce, &sealed].concat()))
    }

    /// Opens a content that was sealed with this key as the message of `labels`.
    ///
    /// # Errors
    ///
    /// [`SimpleError::Malformed`] and [`SimpleError::Forged`].
    pub fn open(&self, labels: &Labels, content: &str) -> Result<Zeroizing<String>, SimpleError> {
        let bytes = decode(content).ok_or(SimpleError::Malformed)?;
        let parts = Parts::of(&bytes).ok_or(SimpleError::Malformed)?;
        let payload = Payload {
            msg: parts.sealed,
            aad: &associated(&header(parts.versions), labels),
        };
        let plain = self.cipher()?.decrypt(parts.nonce.into(), payload);
        let plain = plain.map_err(|_| SimpleError::Forged)?;
        String::from_utf8(plain)
            .map(Zeroizing::new)
            .map_err(|_| SimpleError::Malformed)
    }

    fn cipher(&self) -> Result<Aes256Gcm, SimpleError> {
        Aes256Gcm::new_from_slice(self.0.as_slice()).map_err(|_| SimpleError::Malformed)
    }

    #[cfg(test)]
    pub(super) fn key(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Agreement")
    }
}

fn header(versions: Versions) -> [u8; HEADER] {
    let mut header = [MODE; HEADER];
    let (sender, recipient) = (versions.sender.to_be_bytes(), versions.recipient.to_be_bytes());
    for (place, byte) in header.iter_mut().skip(1).zip(sender.iter().chain(&recipient)) {
        *place = *byte;
    }
    header
}

fn associated(header: &[u8; HEADER], labels: &Labels) -> Vec<u8> {
    let ids = [labels.sender, labels.recipient, labels.client_id].map(Uuid::into_bytes);
    [header.as_slice(), &ids.concat()].concat()
}

/// A content, taken apart.
struct Parts<'a> {
    versions: Versions,
    nonce: &'a [u8; NONCE],
    sealed: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (&[MODE], rest) = bytes.split_first_chunk()? else {
            return None;
        };
        let (sender, rest) = rest.split_first_chunk()?;
        let (recipient, rest) = rest.split_first_chunk()?;
        let (nonce, sealed) = rest.split_first_chunk()?;
        let versions = Versions {
            sender: u32::from_be_bytes(*sender),
            recipient: u32::from_be_bytes(*recipient),
        };
        Some(Self {
            versions,
            nonce,
            sealed,
        })
    }
}
