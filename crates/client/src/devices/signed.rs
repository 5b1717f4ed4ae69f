use serde::{Deserialize, Serialize};
use vodozemac::{Ed25519PublicKey, Ed25519Signature};

use crate::key::PublicKey;

/// What a device's identity key signs another key for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The long-lived X25519 key, which has no id.
    Agreement,
    /// Used when no prekey can be claimed.
    SignedPrekey,
    /// Used once.
    OneTimePrekey,
    /// Handed out when there are no one-time prekeys left.
    LastResortPrekey,
}

impl Purpose {
    /// The text that is signed: it says what for, the id and the key, so that no signature counts for anything else.
    pub fn text(self, id: u32, key: &PublicKey) -> String {
        let kind = match self {
            Self::Agreement => "agreement-key",
            Self::SignedPrekey => "signed-prekey",
            Self::OneTimePrekey => "one-time-prekey",
            Self::LastResortPrekey => "last-resort-prekey",
        };
        format!("tenon.v1 {kind} {id} {key}")
    }
}

/// A key is not signed by the identity key of its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is not signed by its device")]
pub struct WrongSignature;

fn verify(
    identity: &PublicKey,
    purpose: Purpose,
    id: u32,
    key: &PublicKey,
    signature: &str,
) -> Result<(), WrongSignature> {
    let identity = Ed25519PublicKey::from_slice(identity.as_bytes()).map_err(|_| WrongSignature)?;
    let signature = Ed25519Signature::from_base64(signature).map_err(|_| WrongSignature)?;
    let text = purpose.text(id, key);
    identity.verify(text.as_bytes(), &signature).map_err(|_| WrongSignature)
}

/// A key with its signature and no id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedKey {
    /// X25519.
    pub key: PublicKey,
    /// Ed25519, in base64.
    pub signature: String,
}

/// A prekey with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prekey {
    /// Chosen by its device.
    pub id: u32,
    /// X25519.
    pub key: PublicKey,
    /// Ed25519, in base64.
    pub signature: String,
}

/// Which pool a claimed prekey is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrekeyKind {
    /// Nobody else gets this one.
    OneTime,
    /// The pool was empty; others may have got this one, too.
    LastResort,
}

/// A prekey that was claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedPrekey {
    /// Where it is from.
    pub kind: PrekeyKind,
    /// The key.
    #[serde(flatten)]
    pub prekey: Prekey,
}

/// A device as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicDevice {
    /// Its number among those of its user.
    pub device: u32,
    /// Ed25519.
    pub identity_key: PublicKey,
    /// X25519.
    pub agreement_key: SignedKey,
    /// X25519.
    pub signed_prekey: Prekey,
}

impl PublicDevice {
    /// Whether the device has signed what is said to be its own.
    ///
    /// # Errors
    ///
    /// [`WrongSignature`].
    pub fn verify(&self) -> Result<(), WrongSignature> {
        let SignedKey { key, signature } = &self.agreement_key;
        verify(&self.identity_key, Purpose::Agreement, 0, key, signature)?;
        let Prekey { id, key, signature } = &self.signed_prekey;
        verify(&self.identity_key, Purpose::SignedPrekey, *id, key, signature)
    }
}

/// A device with a prekey to begin a session with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedDevice {
    /// The device.
    #[serde(flatten)]
    pub device: PublicDevice,
    /// Its prekey.
    pub prekey: ClaimedPrekey,
}

impl ClaimedDevice {
    /// Whether the device has signed all of it.
    ///
    /// # Errors
    ///
    /// [`WrongSignature`].
    pub fn verify(&self) -> Result<(), WrongSignature> {
        self.device.verify()?;
        let purpose = match self.prekey.kind {
            PrekeyKind::OneTime => Purpose::OneTimePrekey,
            PrekeyKind::LastResort => Purpose::LastResortPrekey,
        };
        let Prekey { id, key, signature } = &self.prekey.prekey;
        verify(&self.device.identity_key, purpose, *id, key, signature)
    }
}
