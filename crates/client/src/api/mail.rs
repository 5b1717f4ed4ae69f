use reqwest::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ApiError;
use crate::session::Session;

/// A message as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewMessage {
    /// The sender's id of it: whoever sends it again under the same sends nothing twice.
    pub client_id: Uuid,
    /// For whom.
    pub to: Uuid,
    /// For which device; 0 is every device.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub device: u32,
    /// Which mode `content` is of.
    pub kind: String,
    /// Sealed, in base64.
    pub content: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The server has it, durably.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// The server's id of the message.
    pub id: Uuid,
    /// Its place in the recipient's mailbox.
    pub seq: u64,
    /// When (RFC 3339).
    pub created_at: String,
}

impl Session {
    pub(crate) async fn send(&self, message: &NewMessage) -> Result<Accepted, ApiError> {
        self.call(Method::POST, "/api/messages", Some(message)).await
    }
}
