use diesel::prelude::*;
use tenon_accounts::{
    DisplayName, Email, Invitation, InvitationRow, Membership, NamedMember, Organization, OrganizationName,
};
use tenon_kernel::{InvitationId, OrganizationId, Role, Timestamp, UserId, Version};

use super::sound;
use crate::schema::{invitations, memberships, organizations};
use crate::types::{At, Key};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = organizations)]
pub struct OrganizationRow {
    id: Key<OrganizationId>,
    name: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Organization> for OrganizationRow {
    fn from(organization: &Organization) -> Self {
        Self {
            id: Key(organization.id),
            name: organization.name.as_str().to_owned(),
            version: organization.version.get(),
            created_at: At(organization.created_at),
            updated_at: At(organization.updated_at),
        }
    }
}

impl OrganizationRow {
    pub fn into_organization(self) -> QueryResult<Organization> {
        Ok(Organization {
            id: self.id.0,
            name: sound(OrganizationName::parse(&self.name))?,
            version: Version::new(self.version),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        })
    }

    pub fn into_membership(self, of: &str) -> QueryResult<Membership> {
        Ok(Membership {
            organization: self.into_organization()?,
            role: role(of)?,
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = memberships)]
pub struct MembershipRow {
    pub organization_id: Key<OrganizationId>,
    pub user_id: Key<UserId>,
    pub role: String,
    pub version: i64,
    pub created_at: At,
    pub updated_at: At,
}

impl MembershipRow {
    pub fn new(organization_id: OrganizationId, user_id: UserId, role: Role, at: Timestamp) -> Self {
        let version = Version::FIRST.get();
        Self {
            organization_id: Key(organization_id),
            user_id: Key(user_id),
            role: role.as_str().to_owned(),
            version,
            created_at: At(at),
            updated_at: At(at),
        }
    }
}

pub fn named_member((row, email, display_name): (MembershipRow, String, String)) -> QueryResult<NamedMember> {
    Ok(NamedMember {
        user: row.user_id.0,
        email: sound(Email::stored(&email))?,
        display_name: sound(DisplayName::parse(&display_name))?,
        role: role(&row.role)?,
        version: Version::new(row.version),
        created_at: row.created_at.0,
        updated_at: row.updated_at.0,
    })
}

pub fn role(text: &str) -> QueryResult<Role> {
    sound(text.parse())
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = invitations)]
pub struct InvitationEntry {
    pub organization_id: Key<OrganizationId>,
    pub id: Key<InvitationId>,
    pub email: String,
    pub role: String,
    pub token_digest: Vec<u8>,
    pub invited_by: Key<UserId>,
    pub created_at: At,
    pub expires_at: At,
}

impl From<&InvitationRow> for InvitationEntry {
    fn from(row: &InvitationRow) -> Self {
        let invitation = &row.invitation;
        Self {
            organization_id: Key(invitation.organization),
            id: Key(invitation.id),
            email: invitation.email.as_str().to_owned(),
            role: invitation.role.as_str().to_owned(),
            token_digest: row.token.0.to_vec(),
            invited_by: Key(invitation.invited_by),
            created_at: At(invitation.created_at),
            expires_at: At(invitation.expires_at),
        }
    }
}

impl InvitationEntry {
    pub fn into_invitation(self) -> QueryResult<Invitation> {
        Ok(Invitation {
            id: self.id.0,
            organization: self.organization_id.0,
            email: sound(Email::stored(&self.email))?,
            role: role(&self.role)?,
            invited_by: self.invited_by.0,
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
        })
    }
}
