use vodozemac::olm::OlmMessage;

use super::DeviceError;
use crate::encoding::{decode, encode};

const MODE: u8 = 0x02;

/// A `content` of the device mode: from which device of the sender it is, and an Olm message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceContent {
    /// The number of the sender's device.
    pub device: u32,
    /// What only the receiving device can open.
    pub message: OlmMessage,
}

impl DeviceContent {
    /// Reads a content.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Malformed`].
    pub fn read(content: &str) -> Result<Self, DeviceError> {
        let bytes = decode(content).ok_or(DeviceError::Malformed)?;
        let parts = || {
            let (&[mode], rest) = bytes.split_first_chunk()?;
            let (device, rest) = rest.split_first_chunk()?;
            let (&[kind], rest) = rest.split_first_chunk()?;
            (mode == MODE).then_some((u32::from_be_bytes(*device), usize::from(kind), rest))
        };
        let (device, kind, rest) = parts().ok_or(DeviceError::Malformed)?;
        let message = OlmMessage::from_parts(kind, rest).map_err(|_| DeviceError::Malformed)?;
        let read = Self { device, message };
        // Protocol Buffers ignore fields that they do not know, so one message could be written in many ways.
        if read.write() != content || !read.has_plain_keys() {
            return Err(DeviceError::Malformed);
        }
        Ok(read)
    }

    /// X25519 ignores the highest bit of a key, so every key could be written in two ways.
    fn has_plain_keys(&self) -> bool {
        let OlmMessage::PreKey(message) = &self.message else {
            return true;
        };
        let keys = [message.one_time_key(), message.base_key(), message.identity_key()];
        keys.iter()
            .all(|key| key.as_bytes().last().is_some_and(|byte| byte & 0x80 == 0))
    }

    /// Writes it as it is sent.
    pub fn write(&self) -> String {
        let (kind, bytes) = self.message.to_parts();
        // Olm has two types of messages, 0 and 1.
        let kind = u8::from(kind == 1);
        encode(&[&[MODE], self.device.to_be_bytes().as_slice(), &[kind], &bytes].concat())
    }
}
