use std::time::Duration;

use secrecy::SecretString;
use tenon_kernel::{Action, Author, Device, Entry, Invalid, Member, Standing, SubjectKind, Unavailable};

use super::{Accounts, LoginError};
use crate::{HashError, Password, PasswordAttempt, PasswordChange, Verification};

/// Why the password stayed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The current password is wrong.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The new one is not good enough.
    #[error("the new password is refused: {0}")]
    Refused(Invalid),
    /// The account was tried too often within a minute.
    #[error("the account was tried too often")]
    Limited(Standing),
    /// After several wrong passwords, the account waits this long.
    #[error("the account waits after wrong passwords")]
    BackingOff(Duration),
    /// Too many passwords are being hashed.
    #[error("too many sign-ins at once")]
    Busy(Duration),
    /// Something else did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Accounts {
    /// Changes the password. Every other session of the user ends.
    ///
    /// # Errors
    ///
    /// As [`ChangePasswordError`] says.
    pub async fn change_password(
        &self,
        member: &Member,
        current: &PasswordAttempt,
        new: SecretString,
        device: &Device,
    ) -> Result<(), ChangePasswordError> {
        let account = self
            .ports
            .users
            .by_id(member.user)
            .await?
            .ok_or(ChangePasswordError::WrongPassword)?;
        let new = Password::parse(new, &account.user.email).map_err(ChangePasswordError::Refused)?;
        let key = self.attempt_key(account.user.email.as_str());
        self.admit(&key).await?;
        let verification = self
            .ports
            .passwords
            .verify(current.secret(), Some(&account.password))
            .await?;
        let author = Author::claimed(account.user.email.as_str(), Some(member.user), device);
        if verification == Verification::Mismatch {
            self.ports.attempts.failed(&key).await;
            let refused = Entry::new(self.now(), author, Action::PasswordRefused);
            self.ports.journal.enter(&refused).await?;
            return Err(ChangePasswordError::WrongPassword);
        }
        self.ports.attempts.succeeded(&key).await;
        let new = self.ports.passwords.hash(new.secret()).await?;
        let at = self.now();
        let change = PasswordChange {
            user: member.user,
            old: account.password,
            new,
            keep: Some(member.session),
            at,
            entry: Entry::new(at, author, Action::PasswordChanged).about(SubjectKind::User, member.user),
            forget_at: self.config.lifetimes.forget_at(at),
        };
        let revocations = self.ports.users.change_password(&change).await?;
        let revocations = revocations.ok_or(ChangePasswordError::WrongPassword)?;
        tracing::info!(user = %member.user, ended = revocations.len(), "changed the password");
        self.spread(&revocations).await;
        Ok(())
    }
}

impl From<HashError> for ChangePasswordError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy(wait) => Self::Busy(wait),
            HashError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<LoginError> for ChangePasswordError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::WrongCredentials | LoginError::Disabled => Self::WrongPassword,
            LoginError::Limited(standing) => Self::Limited(standing),
            LoginError::BackingOff(wait) => Self::BackingOff(wait),
            LoginError::Busy(wait) => Self::Busy(wait),
            LoginError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
