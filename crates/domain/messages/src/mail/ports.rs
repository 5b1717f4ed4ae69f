use async_trait::async_trait;
use tenon_kernel::{Expected, Limit, Member, OrganizationId, Page, PageRequest, Timestamp, Unavailable, UserId};

use super::Mailbox;
use super::{
    ChangeRetentionError, Conversation, Draft, Entry, MarkReadError, Message, MessageId, MessageSettings, Policy,
    PostError, ReadConversationError, ReadMailError, Retention, Sent, Seq,
};
use crate::DeviceId;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The same for each repetition.
    pub sent: Sent,
    /// Who has something new in their mailbox; nobody for a repetition.
    pub told: Vec<UserId>,
}

/// What became of an acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Everything up to there is acknowledged.
    pub up_to: Seq,
    /// Who has a receipt in their mailbox.
    pub told: Vec<UserId>,
}

/// A part of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// In order.
    pub entries: Vec<Entry>,
    /// Nothing else is for the device up to there.
    pub reached: Seq,
    /// More may follow at once.
    pub more: bool,
}

/// A mailbox that somebody listens to, and what they know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    pub mailbox: Mailbox,
    pub known: Seq,
}

/// Keeps messages and brings them.
///
/// A mailbox is one order of entries. An entry MUST NOT become visible before those with lesser places are, so that whoever reads
/// after the last place they know misses nothing. Every method MUST treat what is of another organization as absent.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Keeps a message at this time, in one transaction with its places in the mailboxes.
    ///
    /// - MUST return the first outcome to a repetition of the same draft by the same sender, and MUST keep one message when
    ///   repetitions race; MUST refuse another draft under the same client id.
    /// - MUST refuse a recipient who is no member, a device that they do not have, and whoever has `most` messages waiting that no
    ///   device acknowledged; what is under way at the same moment may go beyond that.
    /// - MUST give the sender a copy of what is for every device of somebody else.
    async fn post(&self, sender: &Member, draft: &Draft, at: Timestamp, most: u32) -> Result<Posted, PostError>;

    /// Up to where the device has acknowledged: [`Seq::START`] for device 0 that never did, and where the mailbox was when it was
    /// registered for another. MUST refuse a device that the user does not have.
    async fn cursor(&self, mailbox: &Mailbox, device: DeviceId) -> Result<Seq, ReadMailError>;

    /// What is in the mailbox for the device after a place: what is for it alone, and what is for every device.
    ///
    /// - MUST return the entries in order, so many at most, and each that is kept.
    /// - MUST cost the same at any place.
    async fn after(&self, mailbox: &Mailbox, device: DeviceId, place: Seq, most: Limit)
    -> Result<Reading, Unavailable>;

    /// Acknowledges everything up to a place for the device; what is not there yet is not acknowledged.
    ///
    /// - MUST mark messages as delivered with the first acknowledgement by any device that they are for, and MUST put one receipt
    ///   for each of their senders, other than the owner, into the sender's mailbox, in the same transaction.
    /// - MUST NOT go back.
    async fn acknowledge(
        &self,
        mailbox: &Mailbox,
        device: DeviceId,
        up_to: Seq,
        at: Timestamp,
    ) -> Result<Acknowledged, ReadMailError>;

    /// Marks what the peer sent to the owner as read, up to a place in the owner's mailbox. The sender is told with a receipt, in
    /// the same transaction, if anything was unread and the owner lets receipts be sent. Says who has one. Many are marked a part
    /// after the other, each with its receipt. MUST NOT mark what is not there yet.
    async fn mark_read(
        &self,
        mailbox: &Mailbox,
        peer: UserId,
        up_to: Seq,
        at: Timestamp,
    ) -> Result<Acknowledged, MarkReadError>;

    /// Those of the mailboxes that have entries after what is known of them.
    async fn ahead(&self, awaited: &[Awaited]) -> Result<Vec<Mailbox>, Unavailable>;
}

/// What was exchanged, and how long it is kept.
#[async_trait]
pub trait Archive: Send + Sync {
    /// A page of the owner's conversations, the one with the latest message first. Unread are those for the device or for every.
    async fn conversations(
        &self,
        mailbox: &Mailbox,
        device: DeviceId,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<Conversation, MessageId>, Unavailable>;

    /// A page of the messages that the owner exchanged with the peer, the latest first; of one device only, if that is said.
    /// MUST cost the same at any depth.
    async fn history(
        &self,
        mailbox: &Mailbox,
        peer: UserId,
        device: Option<DeviceId>,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, ReadConversationError>;

    /// What the user wants.
    async fn settings(&self, user: UserId) -> Result<MessageSettings, Unavailable>;

    /// Changes what the user wants.
    async fn set_settings(&self, user: UserId, settings: MessageSettings) -> Result<(), Unavailable>;

    /// How long the organization keeps messages.
    async fn retention(&self, organization: OrganizationId) -> Result<Retention, Unavailable>;

    /// Changes how long the organization keeps messages. MUST let one of concurrent changes of a version succeed.
    async fn set_retention(
        &self,
        organization: OrganizationId,
        policy: Policy,
        expected: Expected,
        at: Timestamp,
    ) -> Result<Retention, ChangeRetentionError>;

    /// Deletes what is kept no longer, of one organization or of all, and says how many messages that were. MUST NOT hold others
    /// up for long, however many there are.
    async fn purge(&self, organization: Option<OrganizationId>, now: Timestamp) -> Result<u64, Unavailable>;
}

/// Wakes those who listen to a mailbox, on any instance. It may be lost: whoever listens looks by themselves now and then.
pub trait Wakes: Send + Sync {
    /// Something is new in a mailbox of each of these. MUST return at once.
    fn wake(&self, users: &[UserId]);

    /// The stock of prekeys of one of the user's devices changed. MUST return at once.
    fn restock(&self, user: UserId);
}

/// Who listens to mailboxes on this instance. MUST return within microseconds.
pub trait Mailman: Send + Sync {
    /// Something may be new in a mailbox of this user.
    fn mail(&self, user: UserId);

    /// The stock of prekeys of one of the user's devices changed.
    fn stock(&self, user: UserId);
}
