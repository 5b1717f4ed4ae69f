use std::sync::Arc;

use tenon_kernel::{
    Clock, Expected, Limit, Member, OrganizationId, Page, PageRequest, Quota, RateLimits, Role, Timestamp, Unavailable,
    UserId,
};

use super::{
    Archive, Awaited, ChangeRetentionError, Conversation, Draft, Mail, Mailbox, MarkReadError, Message, MessageId,
    MessageSettings, Policy, PurgeError, ReadConversationError, ReadMailError, Reading, Retention, RetentionError,
    SendError, Sent, Seq, Wakes,
};
use crate::DeviceId;

/// What [`Messages`] works with.
#[derive(Clone)]
pub struct MessagesPorts {
    pub mail: Arc<dyn Mail>,
    pub archive: Arc<dyn Archive>,
    pub wakes: Arc<dyn Wakes>,
    pub limits: Arc<dyn RateLimits>,
    pub clock: Arc<dyn Clock>,
}

/// Takes messages from members of an organization and brings them to one another.
#[derive(Clone)]
pub struct Messages {
    ports: MessagesPorts,
    quota: Quota,
    most_waiting: u32,
}

impl Messages {
    /// A service that takes so many messages from a sender, and lets so many wait for a recipient.
    pub fn new(ports: MessagesPorts, quota: Quota, most_waiting: u32) -> Self {
        Self {
            ports,
            quota,
            most_waiting,
        }
    }

    /// Sends a message. Once this returns it is kept durably, and it comes to every device that it is for. Repeating it with the
    /// same client id returns the same.
    ///
    /// # Errors
    ///
    /// As [`SendError`] says.
    pub async fn send(&self, member: &Member, draft: &Draft) -> Result<Sent, SendError> {
        if member.role < Role::Member {
            return Err(SendError::ReadOnly);
        }
        let standing = self.ports.limits.take(&self.quota, &member.user.to_string()).await;
        if !standing.allowed() {
            return Err(SendError::RateLimited(standing));
        }
        let posted = self
            .ports
            .mail
            .post(member, draft, self.now(), self.most_waiting)
            .await?;
        self.ports.wakes.wake(&posted.told);
        Ok(posted.sent)
    }

    /// Up to where the device of the member has acknowledged.
    ///
    /// # Errors
    ///
    /// As [`ReadMailError`] says.
    pub async fn cursor(&self, member: &Member, device: DeviceId) -> Result<Seq, ReadMailError> {
        self.ports.mail.cursor(&mailbox(member), device).await
    }

    /// What waits for the device after a place.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn after(
        &self,
        member: &Member,
        device: DeviceId,
        place: Seq,
        most: Limit,
    ) -> Result<Reading, Unavailable> {
        self.ports.mail.after(&mailbox(member), device, place, most).await
    }

    /// Acknowledges everything up to a place, and says up to where everything is acknowledged from then on.
    ///
    /// # Errors
    ///
    /// As [`ReadMailError`] says.
    pub async fn acknowledge(&self, member: &Member, device: DeviceId, up_to: Seq) -> Result<Seq, ReadMailError> {
        let mailbox = mailbox(member);
        let done = self.ports.mail.acknowledge(&mailbox, device, up_to, self.now()).await?;
        self.ports.wakes.wake(&done.told);
        Ok(done.up_to)
    }

    /// Marks what a peer sent as read up to a place, and says up to where.
    ///
    /// # Errors
    ///
    /// As [`MarkReadError`] says.
    pub async fn mark_read(&self, member: &Member, peer: UserId, up_to: Seq) -> Result<Seq, MarkReadError> {
        let mailbox = mailbox(member);
        let done = self.ports.mail.mark_read(&mailbox, peer, up_to, self.now()).await?;
        self.ports.wakes.wake(&done.told);
        Ok(done.up_to)
    }

    /// Those of the mailboxes that have something new.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn ahead(&self, awaited: &[Awaited]) -> Result<Vec<Mailbox>, Unavailable> {
        self.ports.mail.ahead(awaited).await
    }

    /// A page of the member's conversations.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn conversations(
        &self,
        member: &Member,
        device: DeviceId,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<Conversation, MessageId>, Unavailable> {
        self.ports.archive.conversations(&mailbox(member), device, page).await
    }

    /// A page of what the member exchanged with the peer.
    ///
    /// # Errors
    ///
    /// As [`ReadConversationError`] says.
    pub async fn history(
        &self,
        member: &Member,
        peer: UserId,
        device: Option<DeviceId>,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, ReadConversationError> {
        self.ports.archive.history(&mailbox(member), peer, device, page).await
    }

    /// What the member wants of their messages, in every organization.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn settings(&self, member: &Member) -> Result<MessageSettings, Unavailable> {
        self.ports.archive.settings(member.user).await
    }

    /// Changes what the member wants.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn set_settings(&self, member: &Member, settings: MessageSettings) -> Result<(), Unavailable> {
        self.ports.archive.set_settings(member.user, settings).await
    }

    /// How long the member's organization keeps messages.
    ///
    /// # Errors
    ///
    /// As [`RetentionError`] says.
    pub async fn retention(&self, member: &Member, organization: OrganizationId) -> Result<Retention, RetentionError> {
        if member.organization != organization {
            return Err(RetentionError::UnknownOrganization);
        }
        Ok(self.ports.archive.retention(organization).await?)
    }

    /// Changes how long the member's organization keeps messages.
    ///
    /// # Errors
    ///
    /// As [`ChangeRetentionError`] says.
    pub async fn set_retention(
        &self,
        member: &Member,
        organization: OrganizationId,
        policy: Policy,
        expected: Expected,
    ) -> Result<Retention, ChangeRetentionError> {
        if member.organization != organization {
            return Err(ChangeRetentionError::UnknownOrganization);
        }
        if member.role < Role::Admin {
            return Err(ChangeRetentionError::Denied);
        }
        let archive = &self.ports.archive;
        archive.set_retention(organization, policy, expected, self.now()).await
    }

    /// Deletes what the member's organization keeps no longer, now, and says how many messages that were.
    ///
    /// # Errors
    ///
    /// As [`PurgeError`] says.
    pub async fn purge(&self, member: &Member, organization: OrganizationId) -> Result<u64, PurgeError> {
        if member.organization != organization {
            return Err(PurgeError::UnknownOrganization);
        }
        if member.role < Role::Admin {
            return Err(PurgeError::Denied);
        }
        Ok(self.ports.archive.purge(Some(organization), self.now()).await?)
    }

    /// Deletes what any organization keeps no longer, and says how many messages that were.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn purge_all(&self) -> Result<u64, Unavailable> {
        self.ports.archive.purge(None, self.now()).await
    }

    fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }
}

fn mailbox(member: &Member) -> Mailbox {
    Mailbox {
        organization: member.organization,
        user: member.user,
    }
}
