use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::{Account, Organization};

#[derive(Serialize)]
pub(super) struct Login<'a> {
    pub email: &'a str,
    pub password: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Register<'a> {
    pub email: &'a str,
    pub password: &'a str,
    pub display_name: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedIn {
    pub access_token: String,
    pub expires_in: u64,
    pub refresh_token: String,
    pub user: Account,
    pub organization: Organization,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Switched {
    pub access_token: String,
    pub expires_in: u64,
    pub organization: Organization,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Switch {
    pub organization_id: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refresh<'a> {
    pub refresh_token: &'a str,
}
