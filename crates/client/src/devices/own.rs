use std::fmt;

use serde::{Deserialize, Serialize};
use vodozemac::Curve25519PublicKey;
use vodozemac::olm::{Account, AccountPickle};
use zeroize::Zeroizing;

use super::{DeviceError, Prekey, Purpose, SignedKey};
use crate::encoding::encode;
use crate::key::PublicKey;
use crate::keylog::DeviceKeys;

/// One-time prekeys that wait at the server when all is well.
const FULL: usize = 100;

/// With fewer than this, more are made.
const FEW: usize = 20;

/// What registers a device.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    identity_key: PublicKey,
    agreement_key: SignedKey,
    signed_prekey: Prekey,
    one_time_prekeys: Vec<Prekey>,
    last_resort_prekey: Prekey,
}

/// Prekeys that the server does not have, or may not have.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrekeyUpload {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    one_time_prekeys: Vec<Prekey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_prekey: Option<Prekey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_resort_prekey: Option<Prekey>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Numbered {
    id: u32,
    key: PublicKey,
}

#[derive(Serialize, Deserialize)]
struct State {
    device: Option<u32>,
    next_id: u32,
    signed: Numbered,
    last_resort: Numbered,
    /// One-time prekeys whose upload was not answered.
    waiting: Vec<Numbered>,
    /// Whether the upload of the other two was not answered.
    renewed: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    account: AccountPickle,
    state: State,
}

/// This device: its private keys, and what of their public halves the server has.
///
/// Whatever makes keys is stored before they are uploaded, and an upload that was not answered is repeated as it was.
pub struct OwnDevice {
    pub(super) account: Account,
    state: State,
}

fn public(key: Curve25519PublicKey) -> PublicKey {
    PublicKey::new(key.to_bytes())
}

/// A new key of the two that may be used more than once. The account keeps the one before, too, and forgets what was before that.
fn reusable(account: &mut Account, id: u32) -> Numbered {
    account.generate_fallback_key();
    let made = account.fallback_key().into_values().next();
    account.mark_keys_as_published();
    // The account always has the key that it just made; its own would be refused by every peer.
    let key = made.map_or_else(|| public(account.curve25519_key()), public);
    Numbered { id, key }
}

impl OwnDevice {
    /// A device with new keys and a full pool of prekeys.
    pub fn generate() -> Self {
        let mut account = Account::new();
        let signed = reusable(&mut account, 0);
        let last_resort = reusable(&mut account, 1);
        let state = State {
            device: None,
            next_id: 2,
            signed,
            last_resort,
            waiting: Vec::new(),
            renewed: false,
        };
        let mut device = Self { account, state };
        device.make(FULL);
        device
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Stored`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DeviceError> {
        let stored: Stored = serde_json::from_slice(bytes)?;
        Ok(Self {
            account: Account::from_pickle(stored.account),
            state: stored.state,
        })
    }

    /// All of it, private keys included, for a key store.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Stored`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
        #[derive(Serialize)]
        struct Borrowed<'a> {
            account: AccountPickle,
            state: &'a State,
        }
        let stored = Borrowed {
            account: self.account.pickle(),
            state: &self.state,
        };
        Ok(Zeroizing::new(serde_json::to_vec(&stored)?))
    }

    /// The long-lived public keys.
    pub fn keys(&self) -> DeviceKeys {
        DeviceKeys {
            identity: PublicKey::new(*self.account.ed25519_key().as_bytes()),
            agreement: public(self.account.curve25519_key()),
        }
    }

    /// Its number, once it is registered.
    pub fn number(&self) -> Option<u32> {
        self.state.device
    }

    /// What registers it; the same each time until prekeys are made.
    pub fn registration(&self, name: Option<String>) -> Registration {
        let DeviceKeys { identity, agreement } = self.keys();
        Registration {
            name,
            identity_key: identity,
            agreement_key: SignedKey {
                key: agreement,
                signature: self.sign(Purpose::Agreement, 0, &agreement),
            },
            signed_prekey: self.signed(Purpose::SignedPrekey, self.state.signed),
            one_time_prekeys: self.waiting(),
            last_resort_prekey: self.signed(Purpose::LastResortPrekey, self.state.last_resort),
        }
    }

    /// The server has registered it under this number, with its prekeys.
    pub fn registered(&mut self, device: u32) {
        self.state.device = Some(device);
        self.uploaded();
    }

    /// Makes prekeys when fewer than 20 remain at the server; whether it did.
    pub fn refill(&mut self, remaining: usize) -> bool {
        let few = remaining < FEW && self.state.waiting.is_empty();
        if few {
            self.make(FULL - remaining);
        }
        few
    }

    /// Makes a new last-resort prekey, because the one before was handed out. That one takes the place of the signed prekey, so
    /// that what was sent with it can still be opened.
    pub fn renew(&mut self) {
        let id = self.next_id();
        self.state.signed = self.state.last_resort;
        self.state.last_resort = reusable(&mut self.account, id);
        self.state.renewed = true;
    }

    /// What is to be uploaded, if anything is.
    pub fn upload(&self) -> Option<PrekeyUpload> {
        if self.state.waiting.is_empty() && !self.state.renewed {
            return None;
        }
        let renewed = |purpose, key| self.state.renewed.then(|| self.signed(purpose, key));
        Some(PrekeyUpload {
            one_time_prekeys: self.waiting(),
            signed_prekey: renewed(Purpose::SignedPrekey, self.state.signed),
            last_resort_prekey: renewed(Purpose::LastResortPrekey, self.state.last_resort),
        })
    }

    /// The server has what [`Self::upload`] said.
    pub fn uploaded(&mut self) {
        self.state.waiting.clear();
        self.state.renewed = false;
    }

    fn make(&mut self, count: usize) {
        let made = self.account.generate_one_time_keys(count).created;
        for key in made {
            let id = self.next_id();
            self.state.waiting.push(Numbered { id, key: public(key) });
        }
        self.account.mark_keys_as_published();
    }

    fn next_id(&mut self) -> u32 {
        let id = self.state.next_id;
        self.state.next_id = id.wrapping_add(1);
        id
    }

    fn waiting(&self) -> Vec<Prekey> {
        let waiting = self.state.waiting.iter();
        waiting.map(|key| self.signed(Purpose::OneTimePrekey, *key)).collect()
    }

    fn signed(&self, purpose: Purpose, Numbered { id, key }: Numbered) -> Prekey {
        Prekey {
            id,
            key,
            signature: self.sign(purpose, id, &key),
        }
    }

    fn sign(&self, purpose: Purpose, id: u32, key: &PublicKey) -> String {
        encode(&self.account.sign(purpose.text(id, key)).to_bytes())
    }
}

impl fmt::Debug for OwnDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnDevice({:?})", self.keys().identity)
    }
}
