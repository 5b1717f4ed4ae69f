use std::net::{AddrParseError, IpAddr};

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use tenon_accounts::{Device, Revocation, Session, SessionName, Subject, TokenDigest};
use tenon_kernel::{Id, OrganizationId, SessionId, Timestamp, UserId, Version};

use super::sound;
use crate::schema::{refresh_tokens, revocations, sessions};
use crate::types::{At, Key};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = sessions)]
pub struct SessionRow {
    id: Key<SessionId>,
    pub user_id: Key<UserId>,
    organization_id: Key<OrganizationId>,
    name: Option<String>,
    user_agent: Option<String>,
    address: Option<String>,
    version: i64,
    created_at: At,
    last_used_at: At,
    expires_at: At,
    ends_at: At,
    ended_at: Option<At>,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            id: Key(session.id),
            user_id: Key(session.user),
            organization_id: Key(session.organization),
            name: session.name.as_ref().map(|name| name.as_str().to_owned()),
            user_agent: session.device.user_agent.clone(),
            address: session.device.address.map(|address| address.to_string()),
            version: session.version.get(),
            created_at: At(session.created_at),
            last_used_at: At(session.last_used_at),
            expires_at: At(session.expires_at),
            ends_at: At(session.ends_at),
            ended_at: None,
        }
    }
}

impl SessionRow {
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.expires_at.0 > now && self.ends_at.0 > now
    }

    pub fn into_session(self) -> QueryResult<Session> {
        let address: Option<Result<IpAddr, AddrParseError>> = self.address.as_deref().map(str::parse);
        Ok(Session {
            id: self.id.0,
            user: self.user_id.0,
            organization: self.organization_id.0,
            name: sound(self.name.as_deref().map(SessionName::parse).transpose())?,
            device: Device {
                user_agent: self.user_agent,
                address: sound(address.transpose())?,
            },
            version: Version::new(self.version),
            created_at: self.created_at.0,
            last_used_at: self.last_used_at.0,
            expires_at: self.expires_at.0,
            ends_at: self.ends_at.0,
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = refresh_tokens)]
pub struct RefreshTokenRow {
    pub digest: Vec<u8>,
    pub session_id: Key<SessionId>,
    pub salt: Option<Vec<u8>>,
    pub successor: Option<Vec<u8>>,
    pub used_at: Option<At>,
}

impl RefreshTokenRow {
    pub fn unused(token: &TokenDigest, session_id: SessionId) -> Self {
        Self {
            digest: token.0.to_vec(),
            session_id: Key(session_id),
            salt: None,
            successor: None,
            used_at: None,
        }
    }
}

/// Bytes of a fixed length that were stored.
pub fn digest(bytes: &[u8]) -> QueryResult<[u8; 32]> {
    sound(bytes.try_into())
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = revocations)]
pub struct RevocationRow {
    id: Key<Id<()>>,
    session_id: Option<Key<SessionId>>,
    user_id: Option<Key<UserId>>,
    organization_id: Option<Key<OrganizationId>>,
    issued_until: At,
    forget_at: At,
    written_at: At,
}

impl RevocationRow {
    pub fn new(revocation: &Revocation, written_at: Timestamp) -> Self {
        let (session_id, user_id, organization_id) = match revocation.subject {
            Subject::Session(session) => (Some(session), None, None),
            Subject::Membership(user, organization) => (None, Some(user), Some(organization)),
        };
        Self {
            id: Key(Id::at(written_at)),
            session_id: session_id.map(Key),
            user_id: user_id.map(Key),
            organization_id: organization_id.map(Key),
            issued_until: At(revocation.issued_until),
            forget_at: At(revocation.forget_at),
            written_at: At(written_at),
        }
    }

    pub fn into_revocation(self) -> QueryResult<Revocation> {
        let subject = match (self.session_id, self.user_id, self.organization_id) {
            (Some(session), None, None) => Subject::Session(session.0),
            (None, Some(user), Some(organization)) => Subject::Membership(user.0, organization.0),
            _ => return Err(DieselError::DeserializationError("a revocation of nobody".into())),
        };
        Ok(Revocation {
            subject,
            issued_until: self.issued_until.0,
            forget_at: self.forget_at.0,
        })
    }
}
