use tenon_kernel::Actor;

use super::Accounts;
use crate::InvalidToken;

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

impl Accounts {
    /// The actor that an access token speaks for. Reads no store: it runs on every request.
    ///
    /// # Errors
    ///
    /// As [`AuthenticationError`] says.
    pub fn authenticate(&self, token: &str) -> Result<Actor, AuthenticationError> {
        let claims = self.ports.access_tokens.verify(token, self.now())?;
        if self.ports.revoked.covers(&claims) {
            return Err(AuthenticationError::Revoked);
        }
        Ok(claims.actor())
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
