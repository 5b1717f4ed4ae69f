use serde::{Deserialize, Serialize};
use tenon_kernel::Limit;
use tenon_messages::keys::{Change, ChangePosition, KeyLogLine, KeyVersion, LineNumber, PublicKey};
use utoipa::{IntoParams, ToSchema};

use super::messages::place;
use super::page::limit_and_count;
use super::{Check, IdText, Stamp, hex};
use crate::error::ApiError;

/// A simple public key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct PublicKeyBody {
    /// Of X25519 (RFC 7748): the canonical base64 of 32 bytes.
    #[schema(
        required = true,
        nullable = false,
        example = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="
    )]
    public_key: Option<String>,
}

impl PublicKeyBody {
    pub fn key(self) -> Result<PublicKey, ApiError> {
        let mut check = Check::body();
        let key = check.required("publicKey", self.public_key, |text| PublicKey::parse(&text));
        check.finish(|| key)
    }
}

/// The simple public key of a user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicKeyView {
    #[schema(value_type = Uuid)]
    user: IdText,
    /// Of X25519, in base64.
    public_key: String,
    /// Counts the keys that the user had.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Stamp,
}

impl PublicKeyView {
    pub fn of(key: &KeyVersion) -> Self {
        Self {
            user: IdText::of(key.user),
            public_key: key.key.to_string(),
            version: key.version.get(),
            changed_at: Stamp(key.changed_at),
        }
    }
}

/// Which part of a log is wanted.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AfterQuery {
    /// The `next` of the answer before; from the beginning without it.
    #[param(value_type = Option<u64>, default = 0, maximum = 9223372036854775807_u64)]
    after: Option<String>,
    /// How many items are wanted.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
}

impl AfterQuery {
    /// After which one, and how many.
    pub fn parse(self) -> Result<(u64, Limit), ApiError> {
        let mut check = Check::query();
        let (limit, _) = limit_and_count(&mut check, self.limit.as_deref(), None);
        let after = check.optional("after", self.after, |text| place(&text));
        check.finish(|| Some((after.unwrap_or(0), limit)))
    }
}

/// Changes of keys in an organization.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyChangesView {
    /// The earliest first.
    items: Vec<KeyChangeView>,
    /// Give it as `after` to get what follows, now or later.
    next: u64,
}

#[derive(Serialize, ToSchema)]
struct KeyChangeView {
    /// Grows with every change of the organization.
    position: u64,
    /// Whose key.
    #[schema(value_type = Uuid)]
    user: IdText,
    #[schema(example = "public-key", pattern = "^(public-key|device-added|device-removed)$")]
    kind: &'static str,
    /// 0 for the simple public key.
    device: u32,
    /// Of the simple public key; 0 where devices changed.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Stamp,
}

impl KeyChangesView {
    pub fn of(changes: &[Change], after: ChangePosition) -> Self {
        let items = changes.iter().map(|change| KeyChangeView {
            position: change.position.0,
            user: IdText::of(change.user),
            kind: change.kind.as_str(),
            device: change.device.get(),
            version: change.version.get(),
            at: Stamp(change.at),
        });
        Self {
            items: items.collect(),
            next: changes.last().map_or(after, |change| change.position).0,
        }
    }
}

/// Lines of a user's key log.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyLogView {
    #[schema(value_type = Uuid)]
    user: IdText,
    /// In their order.
    items: Vec<KeyLogLineView>,
    /// Give it as `after` to get what follows, now or later.
    next: u64,
}

/// `hash` is SHA-256 of: the 32 bytes of `previous`, `number` (64 bits), the length of `kind` (8 bits), `kind`, `device` (32 bits),
/// `version` (64 bits), the number of keys (8 bits), the keys, and `at` in microseconds since 1970 (64 bits), all big-endian.
#[derive(Serialize, ToSchema)]
struct KeyLogLineView {
    /// From 1 on, without holes.
    number: u64,
    #[schema(example = "public-key", pattern = "^(public-key|device-added|device-removed)$")]
    kind: &'static str,
    /// 0 for the simple public key.
    device: u32,
    /// Of the simple public key; 0 where devices changed.
    version: i64,
    /// In base64: the public key; identity key and agreement key of a device that was added; none of one that was removed.
    keys: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Stamp,
    /// The `hash` of the line before, in hexadecimal; of the first, SHA-256 of `tenon.v1 key log ` and the 16 bytes of the user's id.
    previous: String,
    /// In hexadecimal.
    hash: String,
}

impl KeyLogView {
    pub fn of(user: tenon_kernel::UserId, lines: &[KeyLogLine], after: LineNumber) -> Self {
        Self {
            user: IdText::of(user),
            items: lines.iter().map(KeyLogLineView::of).collect(),
            next: lines.last().map_or(after, |line| line.number).0,
        }
    }
}

impl KeyLogLineView {
    fn of(line: &KeyLogLine) -> Self {
        Self {
            number: line.number.0,
            kind: line.entry.kind.as_str(),
            device: line.entry.device.get(),
            version: line.entry.version.get(),
            keys: line.entry.keys.iter().map(|key| base64(key)).collect(),
            at: Stamp(line.entry.at),
            previous: hex(&line.previous),
            hash: hex(&line.hash),
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
