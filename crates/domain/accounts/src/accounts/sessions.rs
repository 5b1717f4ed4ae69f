use tenon_kernel::{
    Action, Actor, Author, ChangeError, Device, Entry, Expected, Member, Page, PageRequest, SessionId, SubjectKind,
    Timestamp, Unavailable, UserId, Version,
};

use super::{Accounts, Profile};
use crate::{DisplayName, Revocation, Session, SessionName, Subject, User};

/// Why a session or a profile was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The user has no such live session.
    #[error("no such session")]
    NotFound,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Accounts {
    /// Who the token is for, as the store knows them now.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotFound`] when the user or their organization is gone.
    pub async fn profile(&self, member: &Member) -> Result<Profile, SessionError> {
        let account = self
            .ports
            .users
            .by_id(member.user)
            .await?
            .ok_or(SessionError::NotFound)?;
        let organization = self
            .ports
            .organizations
            .find(member.organization)
            .await?
            .ok_or(SessionError::NotFound)?;
        Ok(Profile {
            user: account.user,
            organization,
            role: member.role,
        })
    }

    /// Changes the user's own display name.
    ///
    /// # Errors
    ///
    /// [`SessionError::Stale`] when the profile changed meanwhile.
    pub async fn rename(&self, user: UserId, name: &DisplayName, expected: Expected) -> Result<User, SessionError> {
        Ok(self.ports.users.rename(user, name, expected, self.now()).await?)
    }

    /// The user's live sessions, newest first.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn sessions(
        &self,
        user: UserId,
        page: &PageRequest<SessionId>,
    ) -> Result<Page<Session, SessionId>, Unavailable> {
        self.ports.sessions.list(user, page, self.now()).await
    }

    /// One of the user's live sessions.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotFound`].
    pub async fn session(&self, user: UserId, session: SessionId) -> Result<Session, SessionError> {
        self.ports
            .sessions
            .find(user, session, self.now())
            .await?
            .ok_or(SessionError::NotFound)
    }

    /// Names one of the user's sessions.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotFound`], [`SessionError::Stale`].
    pub async fn rename_session(
        &self,
        user: UserId,
        session: SessionId,
        name: &SessionName,
        expected: Expected,
    ) -> Result<Session, SessionError> {
        Ok(self
            .ports
            .sessions
            .rename(user, session, name, expected, self.now())
            .await?)
    }

    /// Ends one of the user's sessions. Its access tokens are refused here at once and everywhere within seconds.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotFound`].
    pub async fn end_session(&self, user: UserId, session: SessionId, device: &Device) -> Result<(), SessionError> {
        self.end(Action::SessionRevoked, user, session, device).await
    }

    async fn end(&self, action: Action, user: UserId, session: SessionId, device: &Device) -> Result<(), SessionError> {
        let now = self.now();
        let entry = Entry::new(now, Author::user(user, device), action).about(SubjectKind::Session, session);
        let ended = self
            .ports
            .sessions
            .end(user, session, now, self.config.lifetimes.forget_at(now), &entry)
            .await?;
        self.spread(&[ended.ok_or(SessionError::NotFound)?]).await;
        tracing::info!(%user, %session, "ended a session");
        Ok(())
    }

    /// Ends every session of the user and says how many there were.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn end_all_sessions(&self, user: UserId, device: &Device) -> Result<usize, Unavailable> {
        let now = self.now();
        let author = Author::user(user, device);
        let entry = Entry::new(now, author, Action::SessionRevoked).about(SubjectKind::User, user);
        let revocations = self
            .ports
            .sessions
            .end_all(user, now, self.config.lifetimes.forget_at(now), &entry)
            .await?;
        self.spread(&revocations).await;
        tracing::info!(%user, ended = revocations.len(), "ended all sessions");
        Ok(revocations.len())
    }

    /// Ends the session that the actor is signed in with. Doing so twice is no error. An API key has none.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn logout(&self, actor: &Actor, device: &Device) -> Result<(), Unavailable> {
        let ended = match actor {
            Actor::Member(member) => self.end(Action::SessionEnded, member.user, member.session, device),
            Actor::Operator { session } => return self.end_operator_session(*session, device).await,
            Actor::ApiKey(_) => return Ok(()),
        };
        match ended.await {
            Ok(()) | Err(SessionError::NotFound | SessionError::Stale(_)) => Ok(()),
            Err(SessionError::Unavailable(error)) => Err(error),
        }
    }

    async fn end_operator_session(&self, session: SessionId, device: &Device) -> Result<(), Unavailable> {
        let now = self.now();
        let author = Author::operator(device);
        let entry = Entry::new(now, author, Action::OperatorSignedOut).about(SubjectKind::Session, session);
        let forget_at = now.plus(self.config.lifetimes.operator);
        let revocation = Revocation {
            subject: Subject::Session(session),
            issued_until: forget_at,
            forget_at,
        };
        self.ports.revocations.write(&revocation, now, &entry).await?;
        self.spread(&[revocation]).await;
        Ok(())
    }

    /// Reads what other instances revoked since `since`; to be called every few seconds, and with the beginning of time at
    /// the start.
    ///
    /// # Errors
    ///
    /// [`Unavailable`]; what was known stays known.
    pub async fn learn_revocations(&self, since: Timestamp) -> Result<(), Unavailable> {
        let now = self.now();
        let revocations = self.ports.revocations.since(since, now).await?;
        self.ports.revoked.add(&revocations);
        self.ports.revoked.forget(now);
        Ok(())
    }
}

impl From<ChangeError> for SessionError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::NotFound,
            ChangeError::Stale(version) => Self::Stale(version),
            ChangeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
