use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Error, commit};
use crate::api::PrekeyCount;
use crate::devices::OwnDevice;
use crate::key::PublicKey;
use crate::keystore::{Changes, Store};
use crate::session::Session;
use crate::simple::SimpleSecret;

const DEVICE: &str = "device";
const SIMPLE: &str = "simple/";

/// A key that may be published already.
const SIMPLE_NEW: &str = "simple-new";

/// How a messenger works.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only the simple mode: no device is registered, and everybody is written to with the simple key.
    pub simple_only: bool,
    /// What the device is called in the list of devices.
    pub device_name: Option<String>,
    /// In the simple mode, puts a new key in the place of one whose private key is not here. What is sealed with that one can then
    /// be read only where it was made.
    pub replace_key: bool,
}

/// This person's private keys.
pub(super) struct Own {
    pub device: Option<OwnDevice>,
    /// By the version of the public key.
    pub simple: BTreeMap<u32, SimpleSecret>,
}

fn secret(bytes: &[u8]) -> Result<SimpleSecret, Error> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| Error::Unreadable("a private key"))?;
    Ok(SimpleSecret::from_bytes(&Zeroizing::new(bytes)))
}

impl Own {
    /// Reads the keys, and makes and publishes what is missing.
    pub async fn set_up(session: &Session, options: &Options) -> Result<Self, Error> {
        let store = session.store();
        let mut simple = BTreeMap::new();
        for (name, bytes) in store.list(SIMPLE) {
            let version = name.trim_start_matches(SIMPLE).parse();
            let version = version.map_err(|_| Error::Unreadable("a private key"))?;
            simple.insert(version, secret(&bytes)?);
        }
        let mut own = Self { device: None, simple };
        own.set_up_simple(session, options).await?;
        if !options.simple_only {
            own.device = Some(set_up_device(session, options).await?);
        }
        Ok(own)
    }

    /// The number of this device; 0 in the simple mode.
    pub fn number(&self) -> u32 {
        self.device.as_ref().and_then(OwnDevice::number).unwrap_or(0)
    }

    /// The latest simple key, if it is this account's current one.
    pub fn simple_for(&self, current: Option<(u32, PublicKey)>) -> Option<(u32, &SimpleSecret)> {
        let (version, public) = current?;
        let secret = self.simple.get(&version)?;
        (secret.public() == public).then_some((version, secret))
    }

    /// The bytes of the device, to be stored.
    pub fn store_device(&self, changes: &mut Changes) -> Result<(), Error> {
        if let Some(device) = &self.device {
            let bytes = device.to_bytes().map_err(|_| Error::Unreadable("the device"))?;
            changes.put(DEVICE, bytes);
        }
        Ok(())
    }

    async fn set_up_simple(&mut self, session: &Session, options: &Options) -> Result<(), Error> {
        let store = session.store();
        let published = session.own_key().await?;
        if let Some(key) = &published {
            let is_ours = |secret: &SimpleSecret| secret.public() == key.public_key;
            if self.simple.get(&key.version).is_some_and(is_ours) {
                return Ok(());
            }
            // The process may have ended between publishing it and hearing of that.
            if let Some(bytes) = store.get(SIMPLE_NEW)
                && is_ours(&secret(&bytes)?)
            {
                return self.adopt(store, key.version, secret(&bytes)?).await;
            }
            if !options.simple_only {
                return Ok(());
            }
            if !options.replace_key {
                return Err(Error::OtherKey);
            }
        }
        let new = match store.get(SIMPLE_NEW) {
            Some(bytes) => secret(&bytes)?,
            None => {
                let new = SimpleSecret::generate()?;
                let mut changes = Changes::new();
                changes.put(SIMPLE_NEW, new.to_bytes().to_vec());
                commit(store, changes).await?;
                new
            }
        };
        let published = session.publish_key(new.public()).await?;
        self.adopt(store, published.version, new).await
    }

    async fn adopt(&mut self, store: &Arc<Store>, version: u32, secret: SimpleSecret) -> Result<(), Error> {
        let mut changes = Changes::new();
        changes.put(format!("{SIMPLE}{version:010}"), secret.to_bytes().to_vec());
        changes.remove(SIMPLE_NEW);
        commit(store, changes).await?;
        self.simple.insert(version, secret);
        Ok(())
    }
}

async fn set_up_device(session: &Session, options: &Options) -> Result<OwnDevice, Error> {
    let (store, unreadable) = (session.store(), |_| Error::Unreadable("the device"));
    let mut device = match store.get(DEVICE) {
        Some(bytes) => OwnDevice::from_bytes(&bytes).map_err(unreadable)?,
        None => OwnDevice::generate(),
    };
    if device.number().is_none() {
        keep(store, &device).await?;
        let registration = device.registration(options.device_name.clone());
        let (number, _) = session.register_device(&registration).await?;
        device.registered(number);
        keep(store, &device).await?;
    }
    Ok(device)
}

async fn keep(store: &Arc<Store>, device: &OwnDevice) -> Result<(), Error> {
    let bytes = device.to_bytes().map_err(|_| Error::Unreadable("the device"))?;
    let mut changes = Changes::new();
    changes.put(DEVICE, bytes);
    Ok(commit(store, changes).await?)
}

/// Makes what the server has too few of, and uploads what it may not have. Keys are stored before they are uploaded, so that
/// whatever happens in between they are uploaded once more under the same ids.
pub(super) async fn supply(session: &Session, own: &mut Own, count: PrekeyCount) -> Result<(), Error> {
    let Some(device) = own.device.as_mut() else {
        return Ok(());
    };
    let Some(number) = device.number() else { return Ok(()) };
    if device.upload().is_none() {
        let refilled = device.refill(count.remaining);
        if count.last_resort_used {
            device.renew();
        }
        if !refilled && !count.last_resort_used {
            return Ok(());
        }
        keep(session.store(), device).await?;
    }
    if let Some(upload) = device.upload() {
        session.upload_prekeys(number, &upload).await?;
        device.uploaded();
        keep(session.store(), device).await?;
    }
    Ok(())
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Own")
            .field("device", &self.device)
            .field("simple", &self.simple)
            .finish()
    }
}
