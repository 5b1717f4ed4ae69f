use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tenon_accounts::{Claims, Email, Identity, InvalidToken};
use tenon_kernel::{Id, Timestamp};
use uuid::Uuid;

use super::ring::Holder;

/// `role` and `email` of the operator's tokens; no role of a member and no address can be spelled so.
const OPERATOR: &str = "operator";

/// The claims as they stand in a token. All of them are required; a second one of the same name is refused.
#[derive(Serialize, Deserialize)]
pub struct WireClaims<'a> {
    #[serde(borrow)]
    pub iss: Cow<'a, str>,
    #[serde(borrow)]
    pub aud: Cow<'a, str>,
    sub: Uuid,
    org: Uuid,
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
    sid: Uuid,
    jti: Uuid,
    /// Seconds since 1970, as are `nbf` and `exp` (RFC 7519, section 2, NumericDate).
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

impl<'a> WireClaims<'a> {
    pub fn new(claims: &'a Claims, issuer: &'a str, audience: &'a str) -> Self {
        let (sub, org, role, email) = match &claims.identity {
            Identity::Operator => (Uuid::nil(), Uuid::nil(), OPERATOR, OPERATOR),
            Identity::Member {
                user,
                organization,
                role,
                email,
            } => (user.uuid(), organization.uuid(), role.as_str(), email.as_str()),
        };
        Self {
            iss: issuer.into(),
            aud: audience.into(),
            sub,
            org,
            role: role.into(),
            email: email.into(),
            sid: claims.session.uuid(),
            jti: claims.id.uuid(),
            iat: claims.issued_at.as_seconds(),
            nbf: claims.issued_at.as_seconds(),
            exp: claims.expires_at.as_seconds(),
        }
    }

    /// The claims of a token whose key belongs to `holder`: a key never speaks for anybody else.
    pub fn read(&self, holder: Holder) -> Result<Claims, InvalidToken> {
        let identity = match holder {
            Holder::Operator => self.operator(),
            Holder::Member => self.member(),
        };
        Ok(Claims {
            id: Id::from_uuid(self.jti),
            session: Id::from_uuid(self.sid),
            identity: identity.ok_or(InvalidToken::Invalid)?,
            issued_at: seconds(self.iat),
            expires_at: seconds(self.exp),
        })
    }

    fn operator(&self) -> Option<Identity> {
        let nobody = self.sub.is_nil() && self.org.is_nil();
        (nobody && self.role == OPERATOR && self.email == OPERATOR).then_some(Identity::Operator)
    }

    fn member(&self) -> Option<Identity> {
        if self.sub.is_nil() || self.org.is_nil() {
            return None;
        }
        Some(Identity::Member {
            user: Id::from_uuid(self.sub),
            organization: Id::from_uuid(self.org),
            role: self.role.parse().ok()?,
            email: Email::stored(&self.email).ok()?,
        })
    }
}

fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}
