use tenon_kernel::{Device, Member, OrganizationId, Unavailable};

use super::{Access, Accounts, SignedIn};
use crate::{OpaqueToken, Rotated, Rotation};

/// Why a refresh token gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// It is unknown, expired, or of a session that ended.
    #[error("the refresh token is invalid or has expired")]
    Invalid,
    /// It was used before. Its session has ended, because somebody else may hold a copy.
    #[error("the refresh token was used before")]
    Reused,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why the organization was not switched.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// The user does not belong to it, or there is none.
    #[error("no such organization")]
    NotFound,
    /// The session has ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Accounts {
    /// Exchanges a refresh token for a new pair of tokens. A lost answer can be asked for again for a few seconds.
    ///
    /// # Errors
    ///
    /// As [`RefreshError`] says.
    pub async fn refresh(&self, presented: &OpaqueToken, device: Device) -> Result<SignedIn, RefreshError> {
        let secrets = &self.ports.secrets;
        let salt = secrets.salt()?;
        let successor = secrets.successor(presented, &salt);
        let now = self.now();
        let rotation = Rotation {
            presented: secrets.digest(presented),
            salt,
            successor: secrets.digest(&successor),
            device,
            at: now,
            grace: self.config.lifetimes.grace,
            idle: self.config.lifetimes.idle,
            forget_at: self.config.lifetimes.forget_at(now),
        };
        let (session, user, refresh) = match self.ports.sessions.rotate(&rotation).await? {
            Rotated::Fresh { session, user } => (session, user, successor),
            Rotated::Repeated { session, user, salt } => (session, user, secrets.successor(presented, &salt)),
            Rotated::Refused => return Err(RefreshError::Invalid),
            Rotated::Reused(revocation) => {
                tracing::warn!(subject = ?revocation.subject, "a refresh token was used twice; its session has ended");
                self.spread(&[revocation]).await;
                return Err(RefreshError::Reused);
            }
        };
        let home = self.home(&user, Some(session.organization), &session.device).await?;
        Ok(self.signed_in(user, home, session, refresh)?)
    }

    /// Gives an access token for another of the user's organizations, which the session stays with from now on.
    ///
    /// # Errors
    ///
    /// As [`SwitchError`] says.
    pub async fn switch(&self, member: &Member, to: OrganizationId) -> Result<Access, SwitchError> {
        let now = self.now();
        let account = self.ports.users.by_id(member.user).await?.ok_or(SwitchError::Ended)?;
        let session = self
            .ports
            .sessions
            .find(member.user, member.session, now)
            .await?
            .ok_or(SwitchError::Ended)?;
        let home = self.membership(member.user, Some(to)).await?;
        let home = home
            .filter(|home| home.membership.organization.id == to)
            .ok_or(SwitchError::NotFound)?;
        self.ports.sessions.move_to(&session, to).await?;
        Ok(self.access(account.user, home, session.id, now)?)
    }
}
