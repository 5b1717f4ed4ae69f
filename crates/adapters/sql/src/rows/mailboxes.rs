use diesel::prelude::*;
use tenon_kernel::{OrganizationId, UserId};
use tenon_messages::MessageId;

use crate::schema::{conversations, deliveries, mailboxes};
use crate::types::{Json, Key};

/// A mailbox, or what is to be added to it.
#[derive(Debug, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = mailboxes)]
pub struct MailboxRow {
    pub organization_id: Key<OrganizationId>,
    pub user_id: Key<UserId>,
    pub last_seq: i64,
    pub waiting: i64,
}

/// A mailbox's last place.
pub type LastPlace = (Key<OrganizationId>, Key<UserId>, i64);

#[derive(Debug, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = deliveries)]
pub struct DeliveryRow {
    pub organization_id: Key<OrganizationId>,
    pub user_id: Key<UserId>,
    pub seq: i64,
    pub device: i32,
    pub message_id: Option<Key<MessageId>>,
    pub notice: Option<Json>,
}

#[derive(Debug, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = conversations)]
pub struct ConversationRow {
    pub organization_id: Key<OrganizationId>,
    pub user_id: Key<UserId>,
    pub peer_id: Key<UserId>,
    pub last_message_id: Key<MessageId>,
}
