mod conversations;
mod history;
mod purge;
mod retention;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use tenon_kernel::{Expected, Id, OrganizationId, Page, PageRequest, Timestamp, Unavailable, UserId};
use tenon_messages::{
    ChangeRetentionError, Conversation, DeviceId, Mailbox, Message, MessageId, MessageSettings, Policy,
    ReadConversationError, Retention,
};
use uuid::Uuid;

use super::{Conn, Database, mailboxes, pages};
use crate::schema::message_settings;
use crate::types::Key;

/// See the port.
pub struct Archive(pub Database);

#[async_trait]
impl tenon_messages::Archive for Archive {
    async fn conversations(
        &self,
        mailbox: &Mailbox,
        device: DeviceId,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<Conversation, MessageId>, Unavailable> {
        let (mailbox, page) = (*mailbox, *page);
        self.0
            .read(move |conn| conversations::list(conn, &mailbox, device, &page))
            .await
    }

    async fn history(
        &self,
        mailbox: &Mailbox,
        peer: UserId,
        device: Option<DeviceId>,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, ReadConversationError> {
        let (mailbox, page) = (*mailbox, *page);
        let found = self
            .0
            .read(move |conn| history::page(conn, &mailbox, peer, device, &page))
            .await?;
        found.ok_or(ReadConversationError::NotFound)
    }

    async fn settings(&self, user: UserId) -> Result<MessageSettings, Unavailable> {
        let read = move |conn: &mut Conn| mailboxes::settings(conn, user);
        self.0.point(read).await
    }

    async fn set_settings(&self, user: UserId, settings: MessageSettings) -> Result<(), Unavailable> {
        let work = move |conn: &mut Conn| {
            diesel::insert_into(message_settings::table)
                .values((
                    message_settings::user_id.eq(Key(user)),
                    message_settings::read_receipts.eq(settings.read_receipts),
                ))
                .on_conflict(message_settings::user_id)
                .do_update()
                .set(message_settings::read_receipts.eq(excluded(message_settings::read_receipts)))
                .execute(conn)?;
            Ok(())
        };
        self.0.statement(work).await
    }

    async fn retention(&self, organization: OrganizationId) -> Result<Retention, Unavailable> {
        let found = self.0.point(move |conn| retention::find(conn, organization)).await?;
        Ok(found.unwrap_or_else(|| Retention::initial(organization)))
    }

    async fn set_retention(
        &self,
        organization: OrganizationId,
        policy: Policy,
        expected: Expected,
        at: Timestamp,
    ) -> Result<Retention, ChangeRetentionError> {
        self.0
            .write(move |conn| retention::change(conn, organization, policy, expected, at))
            .await
    }

    async fn purge(&self, organization: Option<OrganizationId>, now: Timestamp) -> Result<u64, Unavailable> {
        if let Some(organization) = organization {
            return purge::purge(&self.0, &self.retention(organization).await?, now).await;
        }
        let (mut gone, mut after) = (0, Id::from_uuid(Uuid::nil()));
        loop {
            let policies = self.0.read(move |conn| retention::following(conn, after)).await?;
            for retention in &policies {
                gone += purge::purge(&self.0, retention, now).await?;
            }
            match policies.last() {
                Some(last) => after = last.organization,
                None => return Ok(gone),
            }
        }
    }
}
