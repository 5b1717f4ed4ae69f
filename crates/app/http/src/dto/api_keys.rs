use serde::{Deserialize, Serialize};
use tenon_accounts::{ApiKey, ApiKeyDraft, ApiKeyName, IssuedKey};
use tenon_kernel::{Invalid, KeyScope, KeyScopes, Timestamp};
use utoipa::ToSchema;

use super::{Check, IdText, Stamp};
use crate::error::ApiError;

/// An API key to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NewApiKey {
    #[schema(
        required = true,
        nullable = false,
        example = "Warehouse",
        min_length = 1,
        max_length = 100
    )]
    name: Option<String>,
    /// What it may be used for.
    #[schema(required = true, nullable = false, value_type = Vec<KeyScopeName>, min_items = 1, max_items = 5)]
    scopes: Option<Vec<String>>,
    /// From then on it is refused; never without it.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
}

/// What an API key may be used for.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the values of a string")]
pub(crate) enum KeyScopeName {
    #[schema(rename = "assets:read")]
    ReadAssets,
    #[schema(rename = "assets:write")]
    WriteAssets,
    #[schema(rename = "events:publish")]
    PublishEvents,
    #[schema(rename = "rooms:read")]
    ReadRooms,
    #[schema(rename = "places:read")]
    ReadPlaces,
}

impl NewApiKey {
    pub fn draft(self) -> Result<ApiKeyDraft, ApiError> {
        let mut check = Check::body();
        let name = check.required("name", self.name, |text| ApiKeyName::parse(&text));
        let listed = check.required("scopes", self.scopes, listed);
        let scopes = listed.map(|texts| scopes(&texts, &mut check));
        let expires_at = check.optional("expiresAt", self.expires_at, |text| Timestamp::parse(&text));
        check.finish(|| {
            Some(ApiKeyDraft {
                name: name?,
                scopes: scopes?,
                expires_at,
            })
        })
    }
}

fn listed(texts: Vec<String>) -> Result<Vec<String>, Invalid> {
    let all = KeyScope::ALL.len();
    match texts.len() {
        0 => Err(Invalid::new("required", "Must name a scope.")),
        number if number > all => Err(Invalid::new("too_many", format!("At most {all} scopes."))),
        _ => Ok(texts),
    }
}

fn scopes(texts: &[String], check: &mut Check) -> KeyScopes {
    let mut scopes = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        let unknown = |_| Invalid::new("unknown_scope", format!("Must be one of {}.", names()));
        scopes.extend(check.note(format!("scopes[{index}]"), text.parse::<KeyScope>().map_err(unknown)));
    }
    scopes.into_iter().collect()
}

fn names() -> String {
    KeyScope::ALL.map(KeyScope::as_str).join(", ")
}

/// An API key without its token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    name: &'a str,
    /// What the token begins with, to tell keys apart.
    #[schema(example = "tenon_Zk3vQ1")]
    prefix: &'a str,
    #[schema(value_type = Vec<KeyScopeName>)]
    scopes: Vec<&'static str>,
    /// In whose name it acts.
    #[schema(value_type = Uuid)]
    created_by: IdText,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    /// To the minute or so; `null` when it was never used.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Stamp>,
    /// `null` when it does not expire.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    expires_at: Option<Stamp>,
}

impl<'a> ApiKeyView<'a> {
    pub fn of(key: &'a ApiKey) -> Self {
        Self {
            id: IdText::of(key.id),
            name: key.name.as_str(),
            prefix: key.prefix.as_str(),
            scopes: key.scopes.iter().map(KeyScope::as_str).collect(),
            created_by: IdText::of(key.created_by),
            created_at: Stamp(key.created_at),
            last_used_at: key.last_used_at.map(Stamp),
            expires_at: key.expires_at.map(Stamp),
        }
    }
}

/// A new API key with its token, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct IssuedKeyView<'a> {
    #[serde(flatten)]
    of: ApiKeyView<'a>,
    /// To be sent as `Authorization: Bearer`.
    #[schema(example = "tenon_Zk3vQ1n8s0Yy5wq7mJ2bXc4dRf6tHg9aKLpEoUiVxTz")]
    key: &'a str,
}

impl<'a> IssuedKeyView<'a> {
    pub fn of(issued: &'a IssuedKey) -> Self {
        Self {
            of: ApiKeyView::of(&issued.key),
            key: issued.token.expose(),
        }
    }
}
