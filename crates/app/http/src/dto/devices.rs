use serde::{Deserialize, Serialize};
use tenon_kernel::UserId;
use tenon_messages::DeviceId;
use tenon_messages::keys::{Claimed, Device, DeviceName, IdentityKey, NewDevice, OwnDevice};
use utoipa::ToSchema;

use super::prekeys::{ClaimedPrekeyView, PrekeyBody, PrekeyView, SignedKeyBody, SignedKeyView, SupplyView, one_time};
use super::{Check, IdText, Stamp, id};
use crate::error::ApiError;

/// A device to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NewDeviceBody {
    #[schema(example = "Phone", min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Of Ed25519 (RFC 8032), the canonical base64 of 32 bytes. It signs the others, and is never another device's.
    #[schema(required = true, nullable = false)]
    identity_key: Option<String>,
    #[schema(required = true, nullable = false)]
    agreement_key: Option<SignedKeyBody>,
    #[schema(required = true, nullable = false)]
    signed_prekey: Option<PrekeyBody>,
    /// Handed out once each, in this order.
    #[schema(max_items = 100)]
    one_time_prekeys: Option<Vec<PrekeyBody>>,
    /// Handed out when there is no other.
    #[schema(required = true, nullable = false)]
    last_resort_prekey: Option<PrekeyBody>,
}

impl NewDeviceBody {
    pub fn device(self) -> Result<NewDevice, ApiError> {
        let mut check = Check::body();
        let name = check.optional("name", self.name, |text| DeviceName::parse(&text));
        let identity_key = check.required("identityKey", self.identity_key, |text| IdentityKey::parse(&text));
        let there = check.required("agreementKey", self.agreement_key, Ok);
        let agreement_key = there.and_then(|body| body.parse(&mut check, "agreementKey"));
        let there = check.required("signedPrekey", self.signed_prekey, Ok);
        let signed_prekey = there.and_then(|body| body.parse(&mut check, "signedPrekey"));
        let one_time_prekeys = one_time(&mut check, self.one_time_prekeys);
        let there = check.required("lastResortPrekey", self.last_resort_prekey, Ok);
        let last_resort_prekey = there.and_then(|body| body.parse(&mut check, "lastResortPrekey"));
        check.finish(|| {
            Some(NewDevice {
                name,
                identity_key: identity_key?,
                agreement_key: agreement_key?,
                signed_prekey: signed_prekey?,
                one_time_prekeys: one_time_prekeys?,
                last_resort_prekey: last_resort_prekey?,
            })
        })
    }
}

/// The keys of a device.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeviceKeysView {
    /// Counted for each user from 1 on, and never given twice.
    device: u32,
    /// Of Ed25519, in base64.
    identity_key: String,
    /// Of X25519.
    agreement_key: SignedKeyView,
    signed_prekey: PrekeyView,
}

impl DeviceKeysView {
    fn of(device: &Device) -> Self {
        Self {
            device: device.id.get(),
            identity_key: device.identity_key.to_string(),
            agreement_key: SignedKeyView::of(&device.agreement_key),
            signed_prekey: PrekeyView::of(&device.signed_prekey),
        }
    }
}

/// A device, as its owner sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnDeviceView<'a> {
    #[serde(flatten)]
    keys: DeviceKeysView,
    #[schema(required = true)]
    name: Option<&'a str>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    prekeys: SupplyView,
}

impl<'a> OwnDeviceView<'a> {
    pub fn of(own: &'a OwnDevice) -> Self {
        Self {
            keys: DeviceKeysView::of(&own.device),
            name: own.name.as_ref().map(DeviceName::as_str),
            created_at: Stamp(own.device.created_at),
            prekeys: SupplyView::of(own.supply),
        }
    }
}

/// One's own devices.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnDevicesView<'a> {
    /// In the order of their numbers; there are at most 20.
    items: Vec<OwnDeviceView<'a>>,
}

impl<'a> OwnDevicesView<'a> {
    pub fn of(devices: &'a [OwnDevice]) -> Self {
        Self {
            items: devices.iter().map(OwnDeviceView::of).collect(),
        }
    }
}

/// A device, as others see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeviceView {
    #[serde(flatten)]
    keys: DeviceKeysView,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
}

/// The devices of a user.
#[derive(Serialize, ToSchema)]
pub(crate) struct DevicesView {
    #[schema(value_type = Uuid)]
    user: IdText,
    /// In the order of their numbers; there are at most 20.
    items: Vec<DeviceView>,
}

impl DevicesView {
    pub fn of(user: UserId, devices: &[Device]) -> Self {
        let items = devices.iter().map(|device| DeviceView {
            keys: DeviceKeysView::of(device),
            created_at: Stamp(device.created_at),
        });
        Self {
            user: IdText::of(user),
            items: items.collect(),
        }
    }
}

/// Whose prekeys are wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimBody {
    #[schema(required = true, nullable = false, value_type = Uuid)]
    user: Option<String>,
    /// Of this device alone; of each one without it.
    #[schema(value_type = Option<u32>, maximum = 2147483647)]
    device: Option<i64>,
}

impl ClaimBody {
    pub fn parse(self) -> Result<(UserId, Option<DeviceId>), ApiError> {
        let mut check = Check::body();
        let user = check.required("user", self.user, id);
        let device = check.optional("device", self.device, |number| {
            DeviceId::new(u64::try_from(number).unwrap_or(u64::MAX))
        });
        check.finish(|| Some((user?, device)))
    }
}

/// A device, and a prekey of it that nobody else gets, if it had one.
#[derive(Serialize, ToSchema)]
struct ClaimedView {
    #[serde(flatten)]
    keys: DeviceKeysView,
    prekey: ClaimedPrekeyView,
}

/// What it takes to write to a user.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClaimView {
    #[schema(value_type = Uuid)]
    user: IdText,
    /// In the order of their numbers; none when the user has none.
    devices: Vec<ClaimedView>,
}

impl ClaimView {
    pub fn of(user: UserId, claimed: &[Claimed]) -> Self {
        let devices = claimed.iter().map(|claimed| ClaimedView {
            keys: DeviceKeysView::of(&claimed.device),
            prekey: ClaimedPrekeyView::of(&claimed.prekey),
        });
        Self {
            user: IdText::of(user),
            devices: devices.collect(),
        }
    }
}
