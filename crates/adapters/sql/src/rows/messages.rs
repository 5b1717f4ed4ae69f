use diesel::prelude::*;
use diesel::result::Error as DieselError;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Id, Member, OrganizationId, SessionId, Timestamp, UserId, Version};
use tenon_messages::keys::LogKind;
use tenon_messages::{
    ClientId, Content, DeviceId, Draft, KeyChange, Kind, Message, MessageId, Notice, Policy, Receipt, ReceiptKind,
    Retention, Sent, Seq,
};
use uuid::Uuid;

use super::{device_id, device_number, sound};
use crate::schema::{message_retention, messages, purged_messages};
use crate::types::{At, Json, Key};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = messages)]
pub struct MessageRow {
    pub organization_id: Key<OrganizationId>,
    pub id: Key<MessageId>,
    pub sender_id: Key<UserId>,
    pub sender_session: Key<SessionId>,
    pub recipient_id: Key<UserId>,
    pub device: i32,
    pub client_id: Key<ClientId>,
    pub kind: String,
    pub seq: i64,
    pub copy_seq: Option<i64>,
    pub created_at: At,
    pub delivered_at: Option<At>,
    pub read_at: Option<At>,
    pub encrypted_content: Vec<u8>,
}

impl MessageRow {
    /// Without its places, which are not known yet.
    pub fn new(sender: &Member, draft: &Draft, at: Timestamp) -> Self {
        Self {
            organization_id: Key(sender.organization),
            id: Key(Id::at(at)),
            sender_id: Key(sender.user),
            sender_session: Key(sender.session),
            recipient_id: Key(draft.to),
            device: device_number(draft.device),
            client_id: Key(draft.client),
            kind: draft.kind.as_str().to_owned(),
            seq: 0,
            copy_seq: None,
            created_at: At(at),
            delivered_at: None,
            // Nobody has to read what they wrote themselves.
            read_at: (draft.to == sender.user).then_some(At(at)),
            encrypted_content: draft.content.bytes(),
        }
    }

    /// Whether it says the same to the same device as another one.
    pub fn repeats(&self, other: &Self) -> bool {
        (self.recipient_id, self.device, &self.kind, &self.encrypted_content)
            == (other.recipient_id, other.device, &other.kind, &other.encrypted_content)
    }

    pub fn sent(&self) -> Sent {
        Sent {
            id: self.id.0,
            seq: Seq::stored(self.seq),
            created_at: self.created_at.0,
        }
    }

    pub fn into_message(self) -> QueryResult<Message> {
        Ok(Message {
            id: self.id.0,
            organization: self.organization_id.0,
            sender: self.sender_id.0,
            session: self.sender_session.0,
            recipient: self.recipient_id.0,
            device: device_id(self.device)?,
            client: self.client_id.0,
            kind: sound(Kind::parse(&self.kind))?,
            content: Content::stored(&self.encrypted_content),
            seq: Seq::stored(self.seq),
            created_at: self.created_at.0,
            delivered_at: self.delivered_at.map(|at| at.0),
            read_at: self.read_at.map(|at| at.0),
        })
    }
}

/// What a message that is gone was answered with.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = purged_messages)]
pub struct PurgedRow {
    pub organization_id: Key<OrganizationId>,
    pub sender_id: Key<UserId>,
    pub client_id: Key<ClientId>,
    pub id: Key<MessageId>,
    pub seq: i64,
    pub created_at: At,
    pub purged_at: At,
}

impl PurgedRow {
    pub fn sent(&self) -> Sent {
        Sent {
            id: self.id.0,
            seq: Seq::stored(self.seq),
            created_at: self.created_at.0,
        }
    }
}

/// What is in a mailbox beside messages, as the database keeps it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum NoticeDocument {
    Delivered {
        by: Uuid,
        device: i32,
        after: i64,
        up_to: i64,
        at: i64,
    },
    Read {
        by: Uuid,
        up_to: i64,
        at: i64,
    },
    PublicKey {
        user: Uuid,
        version: i64,
        at: i64,
    },
    DeviceAdded {
        user: Uuid,
        device: i32,
        at: i64,
    },
    DeviceRemoved {
        user: Uuid,
        device: i32,
        at: i64,
    },
}

impl From<Receipt> for NoticeDocument {
    fn from(receipt: Receipt) -> Self {
        let (by, up_to, at) = (receipt.by.uuid(), receipt.up_to.get(), receipt.at.as_micros());
        match receipt.kind {
            ReceiptKind::Delivered => Self::Delivered {
                by,
                device: device_number(receipt.device),
                after: receipt.after.get(),
                up_to,
                at,
            },
            ReceiptKind::Read => Self::Read { by, up_to, at },
        }
    }
}

impl From<KeyChange> for NoticeDocument {
    fn from(change: KeyChange) -> Self {
        let (user, at, device) = (change.user.uuid(), change.at.as_micros(), device_number(change.device));
        match change.kind {
            LogKind::PublicKey => Self::PublicKey {
                user,
                version: change.version,
                at,
            },
            LogKind::DeviceAdded => Self::DeviceAdded { user, device, at },
            LogKind::DeviceRemoved => Self::DeviceRemoved { user, device, at },
        }
    }
}

impl NoticeDocument {
    pub fn write(&self) -> QueryResult<Json> {
        let text = serde_json::to_string(self).map_err(|error| DieselError::SerializationError(error.into()))?;
        Ok(Json(text))
    }

    pub fn read(text: &Json) -> QueryResult<Notice> {
        let document: Self = sound(serde_json::from_str(&text.0))?;
        let receipt = |kind, by, device, (after, up_to), at| {
            Notice::Receipt(Receipt {
                kind,
                by: Id::from_uuid(by),
                device,
                after: Seq::stored(after),
                up_to: Seq::stored(up_to),
                at: Timestamp::from_micros(at),
            })
        };
        let change = |kind, user, device, version, at| {
            Notice::KeyChange(KeyChange {
                user: Id::from_uuid(user),
                kind,
                device,
                version,
                at: Timestamp::from_micros(at),
            })
        };
        Ok(match document {
            Self::Delivered {
                by,
                device,
                after,
                up_to,
                at,
            } => receipt(ReceiptKind::Delivered, by, device_id(device)?, (after, up_to), at),
            Self::Read { by, up_to, at } => receipt(ReceiptKind::Read, by, DeviceId::SIMPLE, (0, up_to), at),
            Self::PublicKey { user, version, at } => change(LogKind::PublicKey, user, DeviceId::SIMPLE, version, at),
            Self::DeviceAdded { user, device, at } => change(LogKind::DeviceAdded, user, device_id(device)?, 0, at),
            Self::DeviceRemoved { user, device, at } => change(LogKind::DeviceRemoved, user, device_id(device)?, 0, at),
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = message_retention)]
pub struct RetentionRow {
    organization_id: Key<OrganizationId>,
    policy: String,
    days: Option<i32>,
    version: i64,
    updated_at: At,
}

impl RetentionRow {
    pub fn new(organization: OrganizationId, policy: Policy, version: Version, at: Timestamp) -> Self {
        let days = policy.number_of_days().and_then(|days| i32::try_from(days).ok());
        Self {
            organization_id: Key(organization),
            policy: policy.as_str().to_owned(),
            days,
            version: version.get(),
            updated_at: At(at),
        }
    }

    pub fn into_retention(self) -> QueryResult<Retention> {
        let days = self.days.and_then(|days| u64::try_from(days).ok());
        Ok(Retention {
            organization: self.organization_id.0,
            policy: sound(Policy::parse(&self.policy, days))?,
            version: Version::new(self.version),
            updated_at: Some(self.updated_at.0),
        })
    }
}
