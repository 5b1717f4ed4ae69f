//! Keys of people and devices, real ones, and how the API writes them.

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use tenon_messages::keys::{IdentityKey, NewDevice, Prekey, PrekeyId, PublicKey, Signature, Signed, SignedKey, Upload};
use uuid::Uuid;

/// 32 random bytes.
fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    let (one, other) = bytes.split_at_mut(16);
    one.copy_from_slice(Uuid::new_v4().as_bytes());
    other.copy_from_slice(Uuid::new_v4().as_bytes());
    bytes
}

/// A public key that no other call returns.
pub fn public_key() -> PublicKey {
    PublicKey::new(random()).unwrap()
}

/// What a device keeps to itself.
pub struct Owner {
    identity: SigningKey,
    agreement_key: PublicKey,
}

impl Default for Owner {
    fn default() -> Self {
        Self {
            identity: SigningKey::from_bytes(&random()),
            agreement_key: public_key(),
        }
    }
}

impl Owner {
    pub fn identity_key(&self) -> IdentityKey {
        IdentityKey::new(self.identity.verifying_key().to_bytes())
    }

    pub fn sign(&self, what: Signed, id: u32, key: &PublicKey) -> Signature {
        let text = what.text(PrekeyId::new(id.into()).unwrap(), key);
        Signature::new(self.identity.sign(text.as_bytes()).to_bytes())
    }

    /// A new key under an id.
    pub fn prekey(&self, what: Signed, id: u32) -> Prekey {
        self.prekey_of(what, id, public_key())
    }

    /// A key under an id.
    pub fn prekey_of(&self, what: Signed, id: u32, key: PublicKey) -> Prekey {
        Prekey {
            id: PrekeyId::new(id.into()).unwrap(),
            key,
            signature: self.sign(what, id, &key),
        }
    }

    /// New one-time prekeys under these ids.
    pub fn one_time(&self, ids: impl IntoIterator<Item = u32>) -> Vec<Prekey> {
        ids.into_iter()
            .map(|id| self.prekey(Signed::OneTimePrekey, id))
            .collect()
    }

    /// New one-time prekeys under these ids, as an upload.
    pub fn upload(&self, ids: impl IntoIterator<Item = u32>) -> Upload {
        Upload {
            one_time: self.one_time(ids),
            ..Upload::default()
        }
    }

    /// The device with new one-time prekeys under these ids, and its other prekeys under 1.
    pub fn device(&self, ids: impl IntoIterator<Item = u32>) -> NewDevice {
        NewDevice {
            name: None,
            identity_key: self.identity_key(),
            agreement_key: SignedKey {
                key: self.agreement_key,
                signature: self.sign(Signed::AgreementKey, 0, &self.agreement_key),
            },
            signed_prekey: self.prekey(Signed::SignedPrekey, 1),
            one_time_prekeys: self.one_time(ids),
            last_resort_prekey: self.prekey(Signed::LastResortPrekey, 1),
        }
    }
}

/// As the API writes it.
pub fn signed_json(key: &SignedKey) -> Value {
    json!({ "key": key.key.to_string(), "signature": key.signature.to_string() })
}

/// As the API writes it.
pub fn prekey_json(prekey: &Prekey) -> Value {
    json!({ "id": prekey.id.get(), "key": prekey.key.to_string(), "signature": prekey.signature.to_string() })
}

/// As the API writes them.
pub fn prekeys_json(prekeys: &[Prekey]) -> Value {
    prekeys.iter().map(prekey_json).collect()
}

/// What registers the device.
pub fn device_json(device: &NewDevice) -> Value {
    json!({
        "identityKey": device.identity_key.to_string(),
        "agreementKey": signed_json(&device.agreement_key),
        "signedPrekey": prekey_json(&device.signed_prekey),
        "oneTimePrekeys": prekeys_json(&device.one_time_prekeys),
        "lastResortPrekey": prekey_json(&device.last_resort_prekey),
    })
}
