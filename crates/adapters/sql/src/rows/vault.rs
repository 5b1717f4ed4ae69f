use diesel::prelude::*;
use tenon_kernel::{CredentialId, KeyId, OrganizationId, Sealed, UserId, Version};
use tenon_vault::{Credential, CredentialName};

use super::sound;
use crate::schema::credentials;
use crate::types::{At, Key};

/// A credential without what is secret of it.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = credentials)]
pub struct CredentialRow {
    organization_id: Key<OrganizationId>,
    id: Key<CredentialId>,
    name: String,
    kind: String,
    version: i64,
    created_by: Key<UserId>,
    created_at: At,
    updated_at: At,
}

/// What is sealed, and under which key.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(treat_none_as_default_value = false, table_name = credentials)]
pub struct SealedRow {
    key_id: String,
    wrapped: Vec<u8>,
    sealed: Vec<u8>,
}

impl From<&Credential> for CredentialRow {
    fn from(credential: &Credential) -> Self {
        Self {
            organization_id: Key(credential.organization),
            id: Key(credential.id),
            name: credential.name.as_str().to_owned(),
            kind: credential.kind.as_str().to_owned(),
            version: credential.version.get(),
            created_by: Key(credential.created_by),
            created_at: At(credential.created_at),
            updated_at: At(credential.updated_at),
        }
    }
}

impl CredentialRow {
    pub fn into_credential(self) -> QueryResult<Credential> {
        Ok(Credential {
            id: self.id.0,
            organization: self.organization_id.0,
            name: sound(CredentialName::parse(&self.name))?,
            kind: sound(self.kind.parse())?,
            version: Version::new(self.version),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            created_by: self.created_by.0,
        })
    }
}

impl From<&Sealed> for SealedRow {
    fn from(sealed: &Sealed) -> Self {
        Self {
            key_id: sealed.key.0.clone(),
            wrapped: sealed.wrapped.clone(),
            sealed: sealed.text.clone(),
        }
    }
}

impl SealedRow {
    pub fn into_sealed(self) -> Sealed {
        sealed(self.key_id, self.wrapped, self.sealed)
    }
}

/// A secret from its three columns.
pub(super) fn sealed(key: String, wrapped: Vec<u8>, text: Vec<u8>) -> Sealed {
    Sealed {
        key: KeyId(key),
        wrapped,
        text,
    }
}
