use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use tenon_accounts::{Session, SessionName};
use tenon_kernel::SessionId;
use utoipa::ToSchema;

use super::{Check, IdText, Stamp};
use crate::error::ApiError;

/// A name for a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionPatch {
    #[schema(
        required = true,
        nullable = false,
        example = "Work laptop",
        min_length = 1,
        max_length = 100
    )]
    name: Option<String>,
}

impl SessionPatch {
    pub fn name(self) -> Result<SessionName, ApiError> {
        let mut check = Check::body();
        let name = check.required("name", self.name, |text| SessionName::parse(&text));
        check.finish(|| name)
    }
}

/// A signed-in device.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    /// Whether it is the one that asks.
    current: bool,
    #[schema(required = true)]
    name: Option<&'a str>,
    #[schema(required = true)]
    user_agent: Option<&'a str>,
    #[schema(required = true, value_type = Option<String>, example = "203.0.113.9")]
    address: Option<IpAddr>,
    /// The organization that its next access token will be for.
    #[schema(value_type = Uuid)]
    organization_id: IdText,
    /// Counts changes of the name; it is the entity tag.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Stamp,
    /// Without a refresh.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Stamp,
    /// In any case.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Stamp,
}

impl<'a> SessionView<'a> {
    pub fn of(session: &'a Session, current: SessionId) -> Self {
        Self {
            id: IdText::of(session.id),
            current: session.id == current,
            name: session.name.as_ref().map(SessionName::as_str),
            user_agent: session.device.user_agent.as_deref(),
            address: session.device.address,
            organization_id: IdText::of(session.organization),
            version: session.version.get(),
            created_at: Stamp(session.created_at),
            last_used_at: Stamp(session.last_used_at),
            expires_at: Stamp(session.expires_at),
            ends_at: Stamp(session.ends_at),
        }
    }
}
