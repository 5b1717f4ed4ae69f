//! What is kept of a session.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::tokens::Tokens;
use crate::keystore::{Store, StoreError};

/// Where it is kept.
pub(super) const NAME: &str = "session";

/// Where it is kept whose messages are in the store.
pub(super) const OWNER: &str = "owner";

/// Who is signed in where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub server: String,
    pub user: Uuid,
    pub organization: Uuid,
    pub email: String,
    pub display_name: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    pub identity: Identity,
    pub tokens: Tokens,
}

/// Whose messages are in a store: a mailbox is one person's in one organization.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    pub server: String,
    pub user: Uuid,
    pub organization: Uuid,
}

pub(super) fn stored(store: &Store) -> Result<Option<Stored>, StoreError> {
    let damaged = |_| StoreError::Damaged(NAME.to_owned());
    let bytes = store.get(NAME);
    bytes
        .map(|bytes| serde_json::from_slice(&bytes).map_err(damaged))
        .transpose()
}

pub(super) fn owner(store: &Store) -> Result<Option<Owner>, StoreError> {
    let damaged = |_| StoreError::Damaged(OWNER.to_owned());
    let bytes = store.get(OWNER);
    bytes
        .map(|bytes| serde_json::from_slice(&bytes).map_err(damaged))
        .transpose()
}
