use serde::{Deserialize, Serialize};
use tenon_kernel::Invalid;
use tenon_messages::keys::{
    ClaimedPrekey, Prekey, PrekeyId, PrekeyKind, PublicKey, Signature, SignedKey, Stocked, Supply, Upload,
};
use utoipa::ToSchema;

use super::Check;
use crate::error::ApiError;

/// A key with its signature.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignedKeyBody {
    /// Of X25519 (RFC 7748): the canonical base64 of 32 bytes.
    #[schema(required = true, nullable = false)]
    key: Option<String>,
    /// Of Ed25519, by the device's identity key, over the text `tenon.v1 agreement-key 0 {key}`: the canonical base64 of 64 bytes.
    #[schema(required = true, nullable = false)]
    signature: Option<String>,
}

impl SignedKeyBody {
    pub fn parse(self, check: &mut Check, path: &str) -> Option<SignedKey> {
        let key = key(check, path, self.key);
        let signature = signature(check, path, self.signature);
        Some(SignedKey {
            key: key?,
            signature: signature?,
        })
    }
}

/// A prekey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrekeyBody {
    /// What the device calls it.
    #[schema(required = true, nullable = false, minimum = 0, maximum = 4_294_967_295_u32)]
    id: Option<i64>,
    /// Of X25519 (RFC 7748): the canonical base64 of 32 bytes.
    #[schema(required = true, nullable = false)]
    key: Option<String>,
    /// Of Ed25519, by the device's identity key, over the text `tenon.v1 {purpose} {id} {key}` with the purpose `signed-prekey`,
    /// `one-time-prekey` or `last-resort-prekey`: the canonical base64 of 64 bytes.
    #[schema(required = true, nullable = false)]
    signature: Option<String>,
}

impl PrekeyBody {
    pub fn parse(self, check: &mut Check, path: &str) -> Option<Prekey> {
        let id = check.required(format!("{path}.id"), self.id, |id| {
            PrekeyId::new(u64::try_from(id).unwrap_or(u64::MAX))
        });
        let key = key(check, path, self.key);
        let signature = signature(check, path, self.signature);
        Some(Prekey {
            id: id?,
            key: key?,
            signature: signature?,
        })
    }
}

fn key(check: &mut Check, path: &str, text: Option<String>) -> Option<PublicKey> {
    check.required(format!("{path}.key"), text, |text| PublicKey::parse(&text))
}

fn signature(check: &mut Check, path: &str, text: Option<String>) -> Option<Signature> {
    check.required(format!("{path}.signature"), text, |text| Signature::parse(&text))
}

/// The one-time prekeys of an upload.
pub(crate) fn one_time(check: &mut Check, bodies: Option<Vec<PrekeyBody>>) -> Option<Vec<Prekey>> {
    let bodies = bodies.unwrap_or_default();
    if bodies.len() > Upload::MOST {
        let most = format!("At most {} at once.", Upload::MOST);
        return check.note("oneTimePrekeys", Err(Invalid::new("too_many", most)));
    }
    let parse = |(place, body): (usize, PrekeyBody)| body.parse(check, &format!("oneTimePrekeys[{place}]"));
    // Everything that is wrong is said, not only the first.
    let parsed: Vec<Option<Prekey>> = bodies.into_iter().enumerate().map(parse).collect();
    parsed.into_iter().collect()
}

/// Prekeys that a device brings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct UploadBody {
    /// Handed out once each, in this order.
    #[schema(max_items = 100)]
    one_time_prekeys: Option<Vec<PrekeyBody>>,
    /// Takes the place of the one before.
    signed_prekey: Option<PrekeyBody>,
    /// Takes the place of the one before.
    last_resort_prekey: Option<PrekeyBody>,
}

impl UploadBody {
    pub fn upload(self) -> Result<Upload, ApiError> {
        let mut check = Check::body();
        let one_time = one_time(&mut check, self.one_time_prekeys);
        let signed = self.signed_prekey.map(|body| body.parse(&mut check, "signedPrekey"));
        let last_resort = self
            .last_resort_prekey
            .map(|body| body.parse(&mut check, "lastResortPrekey"));
        check.finish(|| {
            Some(Upload {
                one_time: one_time?,
                signed: signed.flatten(),
                last_resort: last_resort.flatten(),
            })
        })
    }
}

/// A key with its signature.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedKeyView {
    key: String,
    signature: String,
}

impl SignedKeyView {
    pub fn of(key: &SignedKey) -> Self {
        Self {
            key: key.key.to_string(),
            signature: key.signature.to_string(),
        }
    }
}

/// A prekey.
#[derive(Serialize, ToSchema)]
pub(crate) struct PrekeyView {
    id: u32,
    key: String,
    signature: String,
}

impl PrekeyView {
    pub fn of(prekey: &Prekey) -> Self {
        Self {
            id: prekey.id.get(),
            key: prekey.key.to_string(),
            signature: prekey.signature.to_string(),
        }
    }
}

/// A prekey that was handed out.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClaimedPrekeyView {
    /// `one-time` ones are handed out once; the `last-resort` one to everybody, when there is no other.
    #[schema(example = "one-time", pattern = "^(one-time|last-resort)$")]
    kind: &'static str,
    #[serde(flatten)]
    prekey: PrekeyView,
}

impl ClaimedPrekeyView {
    pub fn of(claimed: &ClaimedPrekey) -> Self {
        Self {
            kind: match claimed.kind {
                PrekeyKind::OneTime => "one-time",
                PrekeyKind::LastResort => "last-resort",
            },
            prekey: PrekeyView::of(&claimed.prekey),
        }
    }
}

/// What a device has left.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SupplyView {
    /// One-time prekeys that nobody claimed.
    remaining: u32,
    /// Whether the last-resort prekey was handed out: then bring another one.
    last_resort_used: bool,
}

impl SupplyView {
    pub fn of(supply: Supply) -> Self {
        Self {
            remaining: supply.remaining,
            last_resort_used: supply.last_resort_used,
        }
    }
}

/// What became of an upload.
#[derive(Serialize, ToSchema)]
pub(crate) struct StockedView {
    /// One-time prekeys that were not there before.
    accepted: u32,
    #[serde(flatten)]
    supply: SupplyView,
}

impl StockedView {
    pub fn of(stocked: &Stocked) -> Self {
        Self {
            accepted: stocked.accepted,
            supply: SupplyView::of(stocked.supply),
        }
    }
}
