use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tenon_kernel::{Actor, Member, OrganizationId, Role, SessionId, Timestamp, TokenId, UserId};

use crate::Email;

/// A random secret of 256 bits, as base64url text of 43 characters: a refresh token, the token of an invitation.
#[derive(Debug, Clone)]
pub struct OpaqueToken(SecretString);

impl OpaqueToken {
    /// Takes what was generated or received; a text of another form matches no digest.
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// The text, to be sent to its owner and nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// SHA-256 of an opaque token: all that is stored of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest(pub [u8; 32]);

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest")
    }
}

/// Random bytes that, together with a refresh token, give the token that follows it. Worthless without that token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// A signed access token in compact form (RFC 9068).
#[derive(Debug, Clone)]
pub struct AccessToken(SecretString);

impl AccessToken {
    /// Takes a token as it was signed.
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// The text, to be sent to its owner and nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Who an access token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A user in an organization.
    Member {
        /// `sub`.
        user: UserId,
        /// `org`.
        organization: OrganizationId,
        /// `role`.
        role: Role,
        /// `email`.
        email: Email,
    },
    /// The operator of the installation.
    Operator,
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `jti`; its time is the time of issue to the microsecond.
    pub id: TokenId,
    /// `sid`.
    pub session: SessionId,
    /// `sub`, `org`, `role`, `email`.
    pub identity: Identity,
    /// `iat` and `nbf`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
}

impl Claims {
    /// The actor that the token speaks for.
    pub fn actor(&self) -> Actor {
        match self.identity {
            Identity::Operator => Actor::Operator { session: self.session },
            Identity::Member {
                user,
                organization,
                role,
                ..
            } => Actor::Member(Member {
                user,
                organization,
                role,
                session: self.session,
            }),
        }
    }
}

/// How long tokens and sessions live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// A user's access token.
    pub access: Duration,
    /// The operator's token.
    pub operator: Duration,
    /// A session without a refresh.
    pub idle: Duration,
    /// A session at all.
    pub absolute: Duration,
    /// How long a lost answer to a refresh may be asked for again.
    pub grace: Duration,
    /// An invitation.
    pub invitation: Duration,
}

impl Lifetimes {
    /// Until when an access token that was issued up to `now` can be alive, the difference between clocks included.
    pub fn forget_at(&self, now: Timestamp) -> Timestamp {
        now.plus(self.access + Duration::from_secs(60))
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self {
            access: Duration::from_secs(15 * 60),
            operator: Duration::from_secs(7 * DAY),
            idle: Duration::from_secs(7 * DAY),
            absolute: Duration::from_secs(30 * DAY),
            grace: Duration::from_secs(10),
            invitation: Duration::from_secs(7 * DAY),
        }
    }
}
