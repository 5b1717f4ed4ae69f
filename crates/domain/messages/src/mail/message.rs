use tenon_kernel::{Id, OrganizationId, SessionId, Timestamp, UserId};

use super::{Content, Kind, Seq};
use crate::DeviceId;

#[doc(hidden)]
#[derive(Debug)]
pub enum MessageTag {}

/// A message.
pub type MessageId = Id<MessageTag>;

#[doc(hidden)]
#[derive(Debug)]
pub enum ClientTag {}

/// The sender's own name for a message, by which a repetition is recognized: a UUID of any version.
pub type ClientId = Id<ClientTag>;

/// Where somebody's mail of one organization comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox {
    /// The tenant.
    pub organization: OrganizationId,
    /// Whose.
    pub user: UserId,
}

/// What somebody wants to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The sender's own name for it.
    pub client: ClientId,
    /// To whom; to oneself is for one's other devices.
    pub to: UserId,
    /// To one device of theirs, or with [`DeviceId::SIMPLE`] to each.
    pub device: DeviceId,
    /// How to read it.
    pub kind: Kind,
    /// Ciphertext.
    pub content: Content,
}

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub organization: OrganizationId,
    pub sender: UserId,
    /// The session that sent it, which needs no copy of it.
    pub session: SessionId,
    pub recipient: UserId,
    pub device: DeviceId,
    pub client: ClientId,
    pub kind: Kind,
    pub content: Content,
    /// Its place in the recipient's mailbox.
    pub seq: Seq,
    pub created_at: Timestamp,
    /// When a device of the recipient first acknowledged it.
    pub delivered_at: Option<Timestamp>,
    /// When the recipient said that they had read it.
    pub read_at: Option<Timestamp>,
}

/// What the sender is told once a message is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    pub id: MessageId,
    /// Its place in the recipient's mailbox; receipts refer to it.
    pub seq: Seq,
    pub created_at: Timestamp,
}

/// What somebody has exchanged with somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// With whom.
    pub peer: UserId,
    /// Identifies the last message, also when it is gone by now.
    pub last: MessageId,
    /// The last message, as long as it is kept.
    pub last_message: Option<Message>,
    /// Received and not read; counted up to [`Conversation::MOST_UNREAD`].
    pub unread: u32,
}

impl Conversation {
    /// Where counting unread messages ends.
    pub const MOST_UNREAD: u32 = 1_000;
}
