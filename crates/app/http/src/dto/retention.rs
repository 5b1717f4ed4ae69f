use serde::{Deserialize, Serialize};
use tenon_messages::{MessageSettings, Policy, Retention};
use utoipa::ToSchema;

use super::{Check, Stamp};
use crate::error::ApiError;

/// How long an organization keeps messages.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionBody {
    /// `keep`: for ever; `days`: so many days after they were sent; `acknowledged`: until all devices have acknowledged them.
    #[schema(required = true, nullable = false, example = "days")]
    policy: Option<String>,
    /// With `days` only: 1 to 3,650.
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u64>,
}

impl RetentionBody {
    pub fn parse(self) -> Result<Policy, ApiError> {
        let mut check = Check::body();
        let days = self.days;
        let policy = check.required("policy", self.policy, |text| Policy::parse(&text, days));
        check.finish(|| policy)
    }
}

/// How long an organization keeps messages.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RetentionView {
    policy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    days: Option<u32>,
    /// Counts changes; it is the entity tag.
    version: i64,
    /// `null` when it was never changed.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    updated_at: Option<Stamp>,
}

impl RetentionView {
    pub fn of(retention: &Retention) -> Self {
        Self {
            policy: retention.policy.as_str(),
            days: retention.policy.number_of_days(),
            version: retention.version.get(),
            updated_at: retention.updated_at.map(Stamp),
        }
    }
}

/// What went.
#[derive(Serialize, ToSchema)]
pub(crate) struct PurgedView {
    /// The number of messages.
    pub purged: u64,
}

/// What somebody wants of their messages.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SettingsBody {
    #[schema(required = true, nullable = false)]
    read_receipts: Option<bool>,
}

impl SettingsBody {
    pub fn parse(self) -> Result<MessageSettings, ApiError> {
        let mut check = Check::body();
        let read_receipts = check.required("readReceipts", self.read_receipts, Ok);
        check.finish(|| {
            Some(MessageSettings {
                read_receipts: read_receipts?,
            })
        })
    }
}

/// What somebody wants of their messages.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsView {
    /// Whether senders are told that their messages were read.
    read_receipts: bool,
}

impl SettingsView {
    pub fn of(settings: MessageSettings) -> Self {
        Self {
            read_receipts: settings.read_receipts,
        }
    }
}
