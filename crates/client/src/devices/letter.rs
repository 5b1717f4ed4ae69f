use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use super::DeviceError;

/// Between which devices the server says that a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// Who wrote it.
    pub from: Uuid,
    /// On which device.
    pub from_device: u32,
    /// For whom.
    pub to: Uuid,
    /// For which device.
    pub to_device: u32,
}

/// What is inside: the text, and all ids once more, where nobody between the two devices can change them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// Who wrote it.
    pub from: Uuid,
    /// On which device.
    pub from_device: u32,
    /// For whom this copy is.
    pub to: Uuid,
    /// For which device.
    pub to_device: u32,
    /// Whom the message is for; in a copy for the sender's own devices, this is not `to`.
    pub conversation: Uuid,
    /// The same in every copy of a message.
    pub id: Uuid,
    /// What was written.
    pub text: String,
    /// When (RFC 3339), by the sender's clock.
    pub sent_at: String,
}

impl Letter {
    /// Reads a letter that came in an envelope.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Malformed`]; [`DeviceError::Mismatch`] when the two do not say the same.
    pub fn read(bytes: &[u8], envelope: &Envelope) -> Result<Self, DeviceError> {
        let letter: Self = serde_json::from_slice(bytes).map_err(|_| DeviceError::Malformed)?;
        let Envelope {
            from,
            from_device,
            to,
            to_device,
        } = *envelope;
        let same = (letter.from, letter.from_device) == (from, from_device)
            && (letter.to, letter.to_device) == (to, to_device);
        // A letter is for whom it comes to; only one's own devices get letters that are for somebody else.
        if same && (letter.conversation == to || from == to) {
            return Ok(letter);
        }
        Err(DeviceError::Mismatch)
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({})", self.id)
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}
