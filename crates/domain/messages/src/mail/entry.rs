use std::fmt;

use tenon_kernel::{Invalid, SessionId, Timestamp, UserId};

use super::Message;
use crate::DeviceId;
use crate::keys::LogKind;

/// A place in a mailbox. Each entry has a greater one than those before it; some are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(i64);

impl Seq {
    /// Before the first entry.
    pub const START: Self = Self(0);

    /// # Errors
    ///
    /// `out_of_range` above what a 64-bit integer with a sign holds.
    pub fn new(number: u64) -> Result<Self, Invalid> {
        i64::try_from(number)
            .map(Self)
            .map_err(|_| Invalid::new("out_of_range", "Must be between 0 and 9223372036854775807."))
    }

    /// As it was stored.
    pub const fn stored(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Something in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub seq: Seq,
    /// What.
    pub notice: Notice,
}

impl Entry {
    /// Whether it is a copy of what this very session sent, which needs none.
    pub fn is_copy_for(&self, session: SessionId) -> bool {
        matches!(&self.notice, Notice::Copy(message) if message.session == session)
    }
}

/// What a mailbox brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A message to its owner.
    Message(Box<Message>),
    /// A copy of a message that its owner sent to somebody else.
    Copy(Box<Message>),
    /// What became of messages that its owner sent.
    Receipt(Receipt),
    /// Somebody whom its owner has exchanged messages with encrypts with another key.
    KeyChange(KeyChange),
}

/// What became of messages. It is about those that the mailbox's owner sent to `by` and whose place in the mailbox of `by` is after
/// `after` and not after `up_to`: those read, whatever device they were for; those delivered, if they were for every device or for
/// `device`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    pub kind: ReceiptKind,
    pub by: UserId,
    /// Which device acknowledged them; [`DeviceId::SIMPLE`] for what was read.
    pub device: DeviceId,
    pub after: Seq,
    pub up_to: Seq,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptKind {
    Delivered,
    Read,
}

impl ReceiptKind {
    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}

/// What somebody changed of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyChange {
    pub user: UserId,
    pub kind: LogKind,
    pub device: DeviceId,
    /// Of the public key; 0 where devices changed.
    pub version: i64,
    pub at: Timestamp,
}
