use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keylog::KeyChange;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Incoming {
    /// Somebody wrote, or this person did on another device.
    Message(Message),
    /// Something came that cannot be opened; it will not come again.
    Undecryptable(Undecryptable),
    /// The server has a message of this device.
    Sent {
        /// The message.
        id: Uuid,
        /// For whom.
        to: Uuid,
    },
    /// A message of this device was refused, and will not be sent.
    NotSent(NotSent),
    /// How far messages of this device have come.
    Receipt {
        /// Whom they are for.
        peer: Uuid,
        /// How far.
        progress: Progress,
        /// Which.
        ids: Vec<Uuid>,
    },
    /// Somebody, or oneself on another device, has other keys than before: the safety number has changed.
    KeysChanged {
        /// Who.
        user: Uuid,
        /// What their key log says.
        changes: Vec<KeyChange>,
        /// Whether the number had been compared; it counts as not compared from now on.
        was_verified: bool,
    },
    /// The server tells a key log that is not the one that it told before, or keys that are not in it. Nothing is sent to that
    /// person until [`Self::KeyLogMended`].
    KeyLogBroken {
        /// Whose.
        user: Uuid,
        /// What is wrong.
        reason: String,
    },
    /// The server tells a key log again that continues what was verified before it went wrong.
    KeyLogMended {
        /// Whose.
        user: Uuid,
    },
    /// There is a connection.
    Online,
    /// There is none; the messenger keeps trying.
    Offline,
    /// The messenger cannot go on; nothing comes after this.
    Ended {
        /// Why.
        reason: String,
    },
}

/// How a message was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// With the two public keys of two people.
    Simple,
    /// In a session between two devices.
    Device,
}

/// A message that was opened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its place in the mailbox, which [`read`](super::Messenger::read) takes.
    pub seq: u64,
    /// The same on every device.
    pub id: Uuid,
    /// With whom it was exchanged: whoever wrote it, or whom this person wrote to on another device.
    pub peer: Uuid,
    /// Who wrote it.
    pub from: Uuid,
    /// What was written.
    pub text: String,
    /// When the server took it (RFC 3339).
    pub at: String,
    /// How it was sealed.
    pub mode: Mode,
    /// Whether an earlier process may have told of it already: one that ended before it asked for what comes next.
    #[serde(skip)]
    pub again: bool,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} from {}, {:?})", self.id, self.from, self.mode)
    }
}

/// A message that was not opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Undecryptable {
    /// Its place in the mailbox.
    pub seq: u64,
    /// The server's id of it.
    pub id: Uuid,
    /// Who wrote it, as the server says.
    pub from: Uuid,
    /// When the server took it (RFC 3339).
    pub at: String,
    /// What is wrong.
    pub reason: String,
}

/// A message that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotSent {
    /// The message.
    pub id: Uuid,
    /// For whom it was.
    pub to: Uuid,
    /// The server's code, or one of this library: `no_key`, `no_own_key`, `keys_changed`, `key_log_broken`, `wrong_signature`, `too_long`.
    pub code: String,
    /// What is wrong, for people.
    pub detail: String,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Progress {
    /// To the server.
    Sent,
    /// To a device of the recipient.
    Delivered,
    /// To the recipient's eyes, as they say.
    Read,
}

/// With its place in the mailbox, if it has one.
#[derive(Debug)]
pub(super) struct Delivery {
    pub seq: Option<u64>,
    pub incoming: Incoming,
}
