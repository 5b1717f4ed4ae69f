use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{
    ChangeError, Entry, Expected, OrganizationId, Page, PageRequest, SessionId, Timestamp, Unavailable, UserId,
};

use crate::{Device, PasswordHash, Revocation, Salt, Session, SessionName, TokenDigest, User};

/// A refresh: the presented token goes, its successor comes.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// What the client presented.
    pub presented: TokenDigest,
    /// What gives, with the presented token, the successor; stored beside the presented one.
    pub salt: Salt,
    /// The token that follows.
    pub successor: TokenDigest,
    /// Where the client is now.
    pub device: Device,
    /// When.
    pub at: Timestamp,
    /// How long after its use the immediate parent of the live token gets the same successor again.
    pub grace: Duration,
    /// How long the session lives on without another refresh; never past its absolute end.
    pub idle: Duration,
    /// Until when the session's access tokens could live, should it end now.
    pub forget_at: Timestamp,
}

/// What became of a presented refresh token.
#[derive(Debug, Clone)]
pub enum Rotated {
    /// It was the live one; its successor is now.
    Fresh {
        /// After the refresh.
        session: Session,
        /// Whose it is.
        user: User,
    },
    /// It is the immediate parent of the live token, used within the grace: the answer was lost, or two refreshes raced.
    /// The live token follows from the presented one and this salt.
    Repeated {
        /// As the first refresh left it.
        session: Session,
        /// Whose it is.
        user: User,
        /// The salt of the first refresh.
        salt: Salt,
    },
    /// It was used before: somebody has a copy. The session has ended just now.
    Reused(Revocation),
    /// It is unknown, expired, or of a session that ended.
    Refused,
}

/// Signed-in devices and their refresh tokens.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Stores a new session with its first refresh token, and says whether it did.
    ///
    /// - MUST store the activity and the entry of it too, or nothing.
    /// - MUST NOT open a session when the user's password hash is no longer `proven`, the one that the sign-in was checked
    ///   against, so that a change of password leaves no session behind that the old one opened; nor one of a disabled
    ///   account.
    async fn open(
        &self,
        session: &Session,
        refresh: &TokenDigest,
        proven: &PasswordHash,
        entry: &Entry,
    ) -> Result<bool, Unavailable>;

    /// Exchanges a refresh token (RFC 9700, section 4.14.2).
    ///
    /// - MUST let exactly one of any number of concurrent exchanges of a live token be [`Rotated::Fresh`]; within the
    ///   grace the others are [`Rotated::Repeated`] with its salt.
    /// - MUST end the session, revocation, activity and entry included, when a used token comes back that is not the live token's immediate
    ///   parent within the grace.
    /// - MUST refuse a token of a session that ended or is past its idle or absolute end.
    /// - MUST move the idle end to `at + idle`, at most to the absolute end.
    async fn rotate(&self, rotation: &Rotation) -> Result<Rotated, Unavailable>;

    /// The user's live sessions, in the order they were opened, newest first.
    async fn list(
        &self,
        user: UserId,
        page: &PageRequest<SessionId>,
        now: Timestamp,
    ) -> Result<Page<Session, SessionId>, Unavailable>;

    /// One live session of the user.
    async fn find(&self, user: UserId, session: SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable>;

    /// Names a live session of the user.
    ///
    /// - MUST NOT name another user's session.
    async fn rename(
        &self,
        user: UserId,
        session: SessionId,
        name: &SessionName,
        expected: Expected,
        at: Timestamp,
    ) -> Result<Session, ChangeError>;

    /// Ends one session of the user and writes its revocation, which it returns; `None` when there is no such live one.
    ///
    /// - MUST do both and store the activity and the entry, or nothing, and MUST NOT touch another user's session.
    async fn end(
        &self,
        user: UserId,
        session: SessionId,
        at: Timestamp,
        forget_at: Timestamp,
        entry: &Entry,
    ) -> Result<Option<Revocation>, Unavailable>;

    /// Ends every live session of the user and writes and returns their revocations.
    ///
    /// - MUST end all of them, activities and the entry included, or none. The entry says how many they were.
    async fn end_all(
        &self,
        user: UserId,
        at: Timestamp,
        forget_at: Timestamp,
        entry: &Entry,
    ) -> Result<Vec<Revocation>, Unavailable>;

    /// Makes `organization` the one that the session's next access tokens are for, and that the user's next sign-in is
    /// for.
    async fn move_to(&self, session: &Session, organization: OrganizationId) -> Result<(), Unavailable>;
}
