//! The JSON of a list of keys.

use serde::Deserialize;

/// A list of keys of any kind.
#[derive(Deserialize)]
pub(super) struct KeyList {
    pub keys: Vec<Key>,
}

#[derive(Deserialize)]
pub(super) struct Key {
    #[serde(default)]
    pub kty: String,
    pub kid: Option<String>,
    #[serde(rename = "use")]
    pub purpose: Option<String>,
    pub n: Option<String>,
    pub e: Option<String>,
    /// Microsoft's: whose tokens it signs, with `{tenantid}` for any.
    pub issuer: Option<String>,
}
