use reqwest::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ApiError;
use crate::devices::{ClaimedDevice, PrekeyUpload, PublicDevice, Registration};
use crate::key::PublicKey;
use crate::keylog::{Head, Line};
use crate::session::Session;

/// Somebody's simple public key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountKey {
    /// Whose.
    pub user: Uuid,
    /// X25519.
    pub public_key: PublicKey,
    /// Counts the keys that there were.
    pub version: u32,
}

/// What is left of a device's prekeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrekeyCount {
    /// One-time prekeys that nobody has claimed.
    pub remaining: usize,
    /// Whether the last-resort prekey was handed out.
    pub last_resort_used: bool,
}

#[derive(Deserialize)]
struct Registered {
    device: u32,
    prekeys: PrekeyCount,
}

#[derive(Deserialize)]
struct Devices {
    items: Vec<PublicDevice>,
}

#[derive(Deserialize)]
struct Claimed {
    devices: Vec<ClaimedDevice>,
}

#[derive(Deserialize)]
struct Log {
    items: Vec<Line>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Publish {
    public_key: PublicKey,
}

#[derive(Serialize)]
struct Claim {
    user: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<u32>,
}

/// Lines of a key log that are asked for at once.
pub(crate) const LINES: usize = 100;

/// `None` for what the server does not have.
fn absent<T>(answer: Result<T, ApiError>, code: &str) -> Result<Option<T>, ApiError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code() == Some(code) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Session {
    pub(crate) async fn publish_key(&self, public_key: PublicKey) -> Result<AccountKey, ApiError> {
        let path = "/api/users/me/public-key";
        self.call(Method::PUT, path, Some(&Publish { public_key })).await
    }

    pub(crate) async fn own_key(&self) -> Result<Option<AccountKey>, ApiError> {
        let answer = self.call(Method::GET, "/api/users/me/public-key", None::<&()>).await;
        absent(answer, "public_key_not_found")
    }

    /// The number of the device, and what is left of its prekeys.
    pub(crate) async fn register_device(&self, device: &Registration) -> Result<(u32, PrekeyCount), ApiError> {
        let registered: Registered = self.call(Method::POST, "/api/devices", Some(device)).await?;
        Ok((registered.device, registered.prekeys))
    }

    pub(crate) async fn upload_prekeys(&self, device: u32, upload: &PrekeyUpload) -> Result<PrekeyCount, ApiError> {
        let path = format!("/api/devices/{device}/prekeys");
        self.call(Method::POST, &path, Some(upload)).await
    }

    pub(crate) async fn devices_of(&self, user: Uuid) -> Result<Vec<PublicDevice>, ApiError> {
        let path = format!("/api/users/{user}/devices");
        let devices: Devices = self.call(Method::GET, &path, None::<&()>).await?;
        Ok(devices.items)
    }

    /// A prekey of each device of somebody, or of one device.
    pub(crate) async fn claim(&self, user: Uuid, device: Option<u32>) -> Result<Vec<ClaimedDevice>, ApiError> {
        let claim = Claim { user, device };
        let claimed: Claimed = self.call(Method::POST, "/api/keys/claim", Some(&claim)).await?;
        Ok(claimed.devices)
    }

    /// What follows in somebody's key log, the head itself first, so that it shows when it is not what it was.
    pub(crate) async fn key_log(&self, user: Uuid, head: &Head) -> Result<Vec<Line>, ApiError> {
        let after = head.number.saturating_sub(1);
        let path = format!("/api/users/{user}/key-log?after={after}&limit={LINES}");
        let log: Log = self.call(Method::GET, &path, None::<&()>).await?;
        Ok(log.items)
    }
}
