use diesel::prelude::*;
use tenon_audit::{Chain, Hash, Head, Recorded};
use tenon_kernel::{EntryId, Id, OrganizationId, UserId};

use super::digest;
use crate::schema::{audit_chains, audit_entries};
use crate::types::{Json, Key};

/// The id of a chain: that of an organization, or zeros.
pub type ChainKey = Key<OrganizationId>;

pub fn chain_key(chain: Chain) -> ChainKey {
    Key(Id::from_uuid(chain.id()))
}

pub fn chain_of(key: ChainKey) -> Chain {
    Chain::from_id(key.0.uuid())
}

pub fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = audit_chains)]
pub struct ChainRow {
    chain: ChainKey,
    sequence: i64,
    hash: Vec<u8>,
}

impl From<&Head> for ChainRow {
    fn from(head: &Head) -> Self {
        Self {
            chain: chain_key(head.chain),
            sequence: number(head.sequence),
            hash: head.hash.0.to_vec(),
        }
    }
}

impl ChainRow {
    pub fn into_head(self) -> QueryResult<Head> {
        Ok(Head {
            chain: chain_of(self.chain),
            sequence: u64::try_from(self.sequence).unwrap_or(0),
            hash: Hash(digest(&self.hash)?),
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = audit_entries)]
pub struct EntryRow {
    chain: ChainKey,
    sequence: i64,
    id: Key<EntryId>,
    action: String,
    actor_kind: String,
    /// Of a user, or of something else; the tag says nothing here.
    actor_id: Option<Key<UserId>>,
    actor_email: Option<String>,
    subject_kind: Option<String>,
    subject_id: Option<String>,
    address: Option<String>,
    user_agent: Option<String>,
    details: Json,
    hash: Vec<u8>,
}

impl From<Recorded> for EntryRow {
    fn from(recorded: Recorded) -> Self {
        Self {
            chain: chain_key(recorded.chain),
            sequence: number(recorded.sequence),
            id: Key(recorded.id),
            action: recorded.action,
            actor_kind: recorded.actor_kind,
            actor_id: recorded.actor_id.map(|id| Key(Id::from_uuid(id))),
            actor_email: recorded.actor_email,
            subject_kind: recorded.subject_kind,
            subject_id: recorded.subject_id,
            address: recorded.address,
            user_agent: recorded.user_agent,
            details: Json(recorded.details),
            hash: recorded.hash.0.to_vec(),
        }
    }
}

impl EntryRow {
    pub fn into_recorded(self) -> QueryResult<Recorded> {
        Ok(Recorded {
            chain: chain_of(self.chain),
            sequence: u64::try_from(self.sequence).unwrap_or(0),
            id: self.id.0,
            action: self.action,
            actor_kind: self.actor_kind,
            actor_id: self.actor_id.map(|id| id.0.uuid()),
            actor_email: self.actor_email,
            subject_kind: self.subject_kind,
            subject_id: self.subject_id,
            address: self.address,
            user_agent: self.user_agent,
            details: self.details.0,
            hash: Hash(digest(&self.hash)?),
        })
    }
}
