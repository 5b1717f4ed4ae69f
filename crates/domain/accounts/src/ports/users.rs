use async_trait::async_trait;
use tenon_kernel::{ChangeError, Entry, Expected, Page, PageRequest, SessionId, Timestamp, Unavailable, UserId};

use crate::{Account, DisplayName, Email, Organization, PasswordHash, Revocation, Session, TokenDigest, User};

/// A new account with its first organization, in which it is the owner, and its first session.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Who registers.
    pub user: User,
    /// The hash of their password.
    pub password: PasswordHash,
    /// Their organization.
    pub organization: Organization,
    /// The session that registering opens.
    pub session: Session,
    /// Its refresh token.
    pub refresh: TokenDigest,
    /// What the audit log is told.
    pub entries: Vec<Entry>,
}

/// A new account with its first organization, in which it is the owner, made for somebody who has yet to sign in.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Whose.
    pub user: User,
    /// The hash of their password.
    pub password: PasswordHash,
    /// Their organization.
    pub organization: Organization,
    /// What the audit log is told.
    pub entries: Vec<Entry>,
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// An account has this address.
    #[error("the email address is taken")]
    EmailTaken,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A change of password that ends every session, or every one but one.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// Whose.
    pub user: UserId,
    /// The hash that the change was allowed against.
    pub old: PasswordHash,
    /// The hash from now on.
    pub new: PasswordHash,
    /// The session that stays, if one does.
    pub keep: Option<SessionId>,
    /// When.
    pub at: Timestamp,
    /// Until when the ended sessions' access tokens could live.
    pub forget_at: Timestamp,
    /// What the audit log is told.
    pub entry: Entry,
}

/// People and their password hashes.
#[async_trait]
pub trait Users: Send + Sync {
    /// Stores the user, the organization, the owner's membership, the session and its token, and the entries.
    ///
    /// - MUST store all of it or nothing.
    /// - MUST refuse an address that an account has, also when two registrations race.
    async fn register(&self, registration: &Registration) -> Result<(), RegisterError>;

    /// Stores what [`Users::register`] does, but for a session and its token. The same MUSTs.
    async fn open(&self, opening: &Opening) -> Result<(), RegisterError>;

    /// The account with this address.
    async fn by_email(&self, email: &Email) -> Result<Option<Account>, Unavailable>;

    /// The account of this user.
    async fn by_id(&self, user: UserId) -> Result<Option<Account>, Unavailable>;

    /// Every account, or the one with this address, in order of registration.
    async fn list(&self, email: Option<&Email>, page: &PageRequest<UserId>) -> Result<Page<User, UserId>, Unavailable>;

    /// Disables or enables an account and counts the version up; ends every session of one that is disabled, and writes and
    /// returns their revocations.
    ///
    /// - MUST do all of it, the activities of the ended sessions and the entry included, or nothing, and nothing when the
    ///   version is not the expected one. The entry says how many sessions ended.
    async fn set_disabled(
        &self,
        user: UserId,
        disabled: bool,
        expected: Expected,
        at: Timestamp,
        forget_at: Timestamp,
        entry: &Entry,
    ) -> Result<(User, Vec<Revocation>), ChangeError>;

    /// Changes the display name and counts the version up.
    ///
    /// - MUST change nothing when the version is not the expected one.
    async fn rename(
        &self,
        user: UserId,
        name: &DisplayName,
        expected: Expected,
        at: Timestamp,
    ) -> Result<User, ChangeError>;

    /// Replaces a hash by one of the same password with newer parameters. Sessions stay.
    ///
    /// - MUST NOT replace a hash that is no longer `old`.
    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<(), Unavailable>;

    /// Replaces the hash, ends all sessions but the kept one and writes their revocations, which it returns. `None` when
    /// the hash is no longer `old`, and then nothing changed.
    ///
    /// - MUST do all of it, the activities of the ended sessions and the entry included, or nothing. The entry says how many
    ///   sessions ended.
    async fn change_password(&self, change: &PasswordChange) -> Result<Option<Vec<Revocation>>, Unavailable>;
}
