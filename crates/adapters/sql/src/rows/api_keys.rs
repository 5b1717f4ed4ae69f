use diesel::prelude::*;
use tenon_accounts::{ApiKey, ApiKeyName, KeyPrefix};
use tenon_kernel::{ApiKeyId, KeyScope, KeyScopes, OrganizationId, UserId};

use super::sound;
use crate::schema::api_keys;
use crate::types::{At, Key};

/// A key without the digest of its token.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = api_keys)]
pub struct ApiKeyRow {
    organization_id: Key<OrganizationId>,
    id: Key<ApiKeyId>,
    name: String,
    prefix: String,
    scopes: String,
    created_by: Key<UserId>,
    created_at: At,
    last_used_at: Option<At>,
    expires_at: Option<At>,
}

impl From<&ApiKey> for ApiKeyRow {
    fn from(key: &ApiKey) -> Self {
        let scopes: Vec<&str> = key.scopes.iter().map(KeyScope::as_str).collect();
        Self {
            organization_id: Key(key.organization),
            id: Key(key.id),
            name: key.name.as_str().to_owned(),
            prefix: key.prefix.as_str().to_owned(),
            scopes: scopes.join(" "),
            created_by: Key(key.created_by),
            created_at: At(key.created_at),
            last_used_at: key.last_used_at.map(At),
            expires_at: key.expires_at.map(At),
        }
    }
}

impl ApiKeyRow {
    pub fn into_key(self) -> QueryResult<ApiKey> {
        let scopes: Result<KeyScopes, _> = self.scopes.split(' ').map(str::parse::<KeyScope>).collect();
        Ok(ApiKey {
            id: self.id.0,
            organization: self.organization_id.0,
            name: sound(ApiKeyName::parse(&self.name))?,
            prefix: KeyPrefix::stored(self.prefix),
            scopes: sound(scopes)?,
            created_by: self.created_by.0,
            created_at: self.created_at.0,
            last_used_at: self.last_used_at.map(|at| at.0),
            expires_at: self.expires_at.map(|at| at.0),
        })
    }
}
