use tenon_kernel::{Actor, Timestamp};

use super::Accounts;
use crate::{Claims, InvalidToken, Subject};

/// Why a token speaks for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationError {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// Its session ended, or the membership it speaks of changed.
    #[error("the token was revoked")]
    Revoked,
    /// It is no token of this installation.
    #[error("the token is invalid")]
    Invalid,
}

/// What became of a token that was good once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStanding {
    /// It still is.
    Good,
    /// Its time is over.
    Expired,
    /// Its session ended.
    SessionEnded,
    /// The user is no longer in the organization, or has another role there.
    MembershipChanged,
}

impl Accounts {
    /// The actor that an access token speaks for. Reads no store: it runs on every request.
    ///
    /// # Errors
    ///
    /// As [`AuthenticationError`] says.
    pub fn authenticate(&self, token: &str) -> Result<Actor, AuthenticationError> {
        self.recognize(token).map(|claims| claims.actor())
    }

    /// All that an access token says. Reads no store.
    ///
    /// # Errors
    ///
    /// As [`AuthenticationError`] says.
    pub fn recognize(&self, token: &str) -> Result<Claims, AuthenticationError> {
        let claims = self.ports.access_tokens.verify(token, self.now())?;
        if self.ports.revoked.covers(&claims) {
            return Err(AuthenticationError::Revoked);
        }
        Ok(claims)
    }

    /// What became of a token that was good once. Reads no store, so that every open connection can be asked about often.
    pub fn standing(&self, claims: &Claims, now: Timestamp) -> TokenStanding {
        match self.ports.revoked.subject(claims) {
            Some(Subject::Session(_)) => TokenStanding::SessionEnded,
            Some(Subject::Membership(..)) => TokenStanding::MembershipChanged,
            None if claims.expires_at <= now => TokenStanding::Expired,
            None => TokenStanding::Good,
        }
    }
}

impl From<InvalidToken> for AuthenticationError {
    fn from(error: InvalidToken) -> Self {
        match error {
            InvalidToken::Expired => Self::Expired,
            InvalidToken::Invalid => Self::Invalid,
        }
    }
}
