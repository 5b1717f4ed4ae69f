use std::sync::atomic::Ordering;

use secrecy::SecretString;
use tenon_kernel::{
    Action, Author, ChangeError, Device, Entry, Expected, Invalid, Limit, Page, PageRequest, SubjectKind, Unavailable,
    UserId,
};

use super::Accounts;
use crate::{Email, HashError, Password, PasswordChange, User};

/// Why a password was not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// There is no such account.
    #[error("no such account")]
    NotFound,
    /// The new one is not good enough.
    #[error("the new password is refused: {0}")]
    Refused(#[from] Invalid),
    /// It was changed by somebody else at that very moment.
    #[error("the password was changed meanwhile")]
    Changed,
    /// Hashing failed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What the operator does with accounts.
impl Accounts {
    /// Every account of the installation, or the one with this address.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn users(
        &self,
        email: Option<&Email>,
        page: &PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, Unavailable> {
        self.ports.users.list(email, page).await
    }

    /// Whether nobody has registered yet. One statement that reads one row.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn is_first_run(&self) -> Result<bool, Unavailable> {
        if self.begun.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let one = PageRequest {
            limit: Limit::ONE,
            after: None,
            count: false,
        };
        let nobody = self.ports.users.list(None, &one).await?.items.is_empty();
        self.begun.store(!nobody, Ordering::Relaxed);
        Ok(nobody)
    }

    /// One account; nothing when there is none.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn user(&self, user: UserId) -> Result<Option<User>, Unavailable> {
        Ok(self.ports.users.by_id(user).await?.map(|account| account.user))
    }

    /// Disables an account, which ends its sessions and lets nobody sign in until it is enabled again; or enables it.
    ///
    /// # Errors
    ///
    /// As [`ChangeError`] says.
    pub async fn set_disabled(
        &self,
        user: UserId,
        disabled: bool,
        expected: Expected,
        device: &Device,
    ) -> Result<User, ChangeError> {
        let now = self.now();
        let action = if disabled {
            Action::UserDisabled
        } else {
            Action::UserEnabled
        };
        let entry = Entry::new(now, Author::operator(device), action).about(SubjectKind::User, user);
        let forget_at = self.config.lifetimes.forget_at(now);
        let users = &self.ports.users;
        let (changed, revocations) = users
            .set_disabled(user, disabled, expected, now, forget_at, &entry)
            .await?;
        self.spread(&revocations).await;
        tracing::info!(%user, disabled, ended = revocations.len(), "the operator changed an account");
        Ok(changed)
    }

    /// Gives an account a new password, whatever the old one was, and ends all its sessions.
    ///
    /// # Errors
    ///
    /// As [`ResetPasswordError`] says.
    pub async fn reset_password(
        &self,
        user: UserId,
        new: SecretString,
        device: &Device,
    ) -> Result<(), ResetPasswordError> {
        let account = self.ports.users.by_id(user).await?;
        let account = account.ok_or(ResetPasswordError::NotFound)?;
        let new = Password::parse(new, &account.user.email)?;
        let new = self.ports.passwords.hash(new.secret()).await?;
        let at = self.now();
        let change = PasswordChange {
            user,
            old: account.password,
            new,
            keep: None,
            at,
            entry: Entry::new(at, Author::operator(device), Action::PasswordChanged).about(SubjectKind::User, user),
            forget_at: self.config.lifetimes.forget_at(at),
        };
        let revocations = self.ports.users.change_password(&change).await?;
        let revocations = revocations.ok_or(ResetPasswordError::Changed)?;
        tracing::info!(%user, ended = revocations.len(), "the operator reset a password");
        self.spread(&revocations).await;
        Ok(())
    }
}
