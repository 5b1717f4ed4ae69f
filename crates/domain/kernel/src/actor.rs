use std::fmt;
use std::str::FromStr;

use crate::{Act, ApiKeyId, KeyHolder, OrganizationId, SessionId, Timestamp, UserId};

/// What a member may do in an organization; a later role may do all that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads, changes nothing.
    Viewer,
    /// Works with their own assets.
    Member,
    /// Manages members, sites, units and every asset.
    Admin,
    /// Also names other owners and may delete the organization.
    Owner,
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role")]
pub struct UnknownRole;

impl Role {
    /// The name used in tokens, in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        match text {
            "viewer" => Ok(Self::Viewer),
            "member" => Ok(Self::Member),
            "admin" => Ok(Self::Admin),
            "owner" => Ok(Self::Owner),
            _ => Err(UnknownRole),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A user acting in one organization, as their access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// The tenant that every query of this actor is confined to.
    pub organization: OrganizationId,
    /// What they may do there.
    pub role: Role,
    /// The device they are signed in on.
    pub session: SessionId,
}

impl Member {
    /// What they do at this moment.
    pub const fn act(&self, at: Timestamp) -> Act {
        Act::of(self.user, at)
    }

    /// The same, where an API key may act as well.
    pub const fn principal(&self) -> Principal {
        Principal {
            user: self.user,
            organization: self.organization,
            role: self.role,
            key: None,
        }
    }
}

/// Whoever acts in one organization: a member, or an API key in the name of whoever made it. What an API key may not do takes a
/// [`Member`] instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// Who, or in whose name.
    pub user: UserId,
    /// The tenant that every query of this principal is confined to.
    pub organization: OrganizationId,
    /// What they may do there.
    pub role: Role,
    /// The API key, if it is one that acts.
    pub key: Option<ApiKeyId>,
}

impl Principal {
    /// What they do at this moment.
    pub const fn act(&self, at: Timestamp) -> Act {
        Act {
            by: self.user,
            key: self.key,
            at,
        }
    }
}

impl From<&Member> for Principal {
    fn from(member: &Member) -> Self {
        member.principal()
    }
}

impl From<&Self> for Principal {
    fn from(principal: &Self) -> Self {
        *principal
    }
}

/// Who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A user in an organization.
    Member(Member),
    /// Whoever holds the installation's operator password. Belongs to no organization.
    Operator {
        /// The sign-in that the token came from.
        session: SessionId,
    },
    /// A server that holds an API key of an organization.
    ApiKey(KeyHolder),
}
