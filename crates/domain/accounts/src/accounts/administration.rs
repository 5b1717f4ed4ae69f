use tenon_kernel::{
    Action, Author, ChangeError, Device, Entry, Expected, Page, PageRequest, SubjectKind, Unavailable, UserId,
};

use super::Accounts;
use crate::{Email, User};

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
}
