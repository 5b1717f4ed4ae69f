use diesel::prelude::*;
use tenon_accounts::{Account, DisplayName, Email, PasswordHash, User};
use tenon_kernel::{OrganizationId, UserId, Version};

use super::sound;
use crate::schema::users;
use crate::types::{At, Key};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = users)]
pub struct UserRow {
    id: Key<UserId>,
    email: String,
    display_name: String,
    password_hash: String,
    home_organization_id: Option<Key<OrganizationId>>,
    disabled_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl UserRow {
    pub fn new(user: &User, password: &PasswordHash, home: OrganizationId) -> Self {
        Self {
            id: Key(user.id),
            email: user.email.as_str().to_owned(),
            display_name: user.display_name.as_str().to_owned(),
            password_hash: password.as_str().to_owned(),
            home_organization_id: Some(Key(home)),
            disabled_at: user.disabled_at.map(At),
            version: user.version.get(),
            created_at: At(user.created_at),
            updated_at: At(user.updated_at),
        }
    }

    pub fn into_account(self) -> QueryResult<Account> {
        Ok(Account {
            password: PasswordHash::new(self.password_hash),
            user: User {
                id: self.id.0,
                email: sound(Email::stored(&self.email))?,
                display_name: sound(DisplayName::parse(&self.display_name))?,
                disabled_at: self.disabled_at.map(|at| at.0),
                version: Version::new(self.version),
                created_at: self.created_at.0,
                updated_at: self.updated_at.0,
            },
        })
    }
}
