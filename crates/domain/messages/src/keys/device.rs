use tenon_kernel::{Invalid, Timestamp, UserId, line};

use super::{IdentityKey, Prekey, SignedKey, Upload};
use crate::DeviceId;

/// What its owner calls a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName(String);

impl DeviceName {
    /// # Errors
    ///
    /// `required`, `too_long` past 100 characters, `invalid_characters`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 100).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A device of a user, as others see it. Its identity key and its agreement key never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Whose.
    pub user: UserId,
    /// Which of theirs.
    pub id: DeviceId,
    /// Signs the others.
    pub identity_key: IdentityKey,
    /// Takes part in every agreement.
    pub agreement_key: SignedKey,
    /// Takes part in agreements until the device replaces it.
    pub signed_prekey: Prekey,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// How many prekeys a device has left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Supply {
    /// One-time prekeys that nobody claimed.
    pub remaining: u32,
    /// Whether the last-resort prekey was given out.
    pub last_resort_used: bool,
}

/// A device, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDevice {
    pub device: Device,
    pub name: Option<DeviceName>,
    pub supply: Supply,
}

/// A device that is to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    pub name: Option<DeviceName>,
    pub identity_key: IdentityKey,
    pub agreement_key: SignedKey,
    pub signed_prekey: Prekey,
    pub one_time_prekeys: Vec<Prekey>,
    pub last_resort_prekey: Prekey,
}

impl NewDevice {
    /// The most devices of a user.
    pub const MOST: usize = 20;

    /// Its prekeys, as a device that is registered would bring them.
    pub fn upload(&self) -> Upload {
        Upload {
            one_time: self.one_time_prekeys.clone(),
            signed: Some(self.signed_prekey),
            last_resort: Some(self.last_resort_prekey),
        }
    }
}
