use std::fmt::Write as _;
use std::time::Duration;

use tenon_kernel::{Action, Author, Entry, Id, SessionId, Standing, SubjectKind, Unavailable, UserId};

use super::{Accounts, OperatorAccess, SignedIn};
use crate::password::composed;
use crate::{Account, Claims, Device, Email, HashError, Identity, OpaqueToken, PasswordAttempt, Verification};

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The address or the password is wrong; which of them is not told.
    #[error("wrong email address or password")]
    WrongCredentials,
    /// The password is right, and the operator has disabled the account.
    #[error("the account is disabled")]
    Disabled,
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
    /// Signs a person in.
    ///
    /// An address without an account takes the same steps, one hash of work among them, and gives the same error.
    ///
    /// # Errors
    ///
    /// As [`LoginError`] says.
    pub async fn login(
        &self,
        email: &Email,
        password: &PasswordAttempt,
        device: Device,
    ) -> Result<SignedIn, LoginError> {
        let key = self.attempt_key(email.as_str());
        self.admit(&key).await?;
        let account = self.ports.users.by_email(email).await?;
        let hash = account.as_ref().map(|account| &account.password);
        let verification = self.ports.passwords.verify(password.secret(), hash).await?;
        let known = account.as_ref().map(|account| account.user.id);
        let Some(mut account) = account.filter(|_| verification != Verification::Mismatch) else {
            self.ports.attempts.failed(&key).await;
            tracing::info!("wrong email address or password");
            self.enter_refusal(email, known, &device, "credentials").await?;
            return Err(LoginError::WrongCredentials);
        };
        self.ports.attempts.succeeded(&key).await;
        if account.user.disabled_at.is_some() {
            self.enter_refusal(email, known, &device, "disabled").await?;
            return Err(LoginError::Disabled);
        }
        if let Verification::Outdated(hash) = verification {
            self.ports
                .users
                .rehash(account.user.id, &account.password, &hash)
                .await?;
            account.password = hash;
        }
        self.open_session(account, device).await
    }

    /// Signs the operator in with the installation's operator password.
    ///
    /// # Errors
    ///
    /// As [`LoginError`] says.
    pub async fn login_operator(
        &self,
        password: &PasswordAttempt,
        device: &Device,
    ) -> Result<OperatorAccess, LoginError> {
        let key = self.attempt_key("operator");
        self.admit(&key).await?;
        let expected = composed(self.config.operator_password.clone());
        if !self.ports.secrets.same(password.secret(), &expected) {
            self.ports.attempts.failed(&key).await;
            tracing::warn!("wrong operator password");
            self.enter_operator(Action::OperatorRefused, None, device).await?;
            return Err(LoginError::WrongCredentials);
        }
        self.ports.attempts.succeeded(&key).await;
        let now = self.now();
        let expires_in = self.config.lifetimes.operator;
        let claims = Claims {
            id: Id::at(now),
            session: Id::at(now),
            identity: Identity::Operator,
            issued_at: now,
            expires_at: now.plus(expires_in),
        };
        let token = self.ports.access_tokens.sign(&claims)?;
        self.enter_operator(Action::OperatorSignedIn, Some(claims.session), device)
            .await?;
        tracing::info!(session = %claims.session, "the operator signed in");
        Ok(OperatorAccess { token, expires_in })
    }

    /// Whether an account has the address is kept, and not told to whoever gave it.
    async fn enter_refusal(
        &self,
        email: &Email,
        account: Option<UserId>,
        device: &Device,
        reason: &str,
    ) -> Result<(), Unavailable> {
        let author = Author::claimed(email.as_str(), account, device);
        let entry = Entry::new(self.now(), author, Action::SessionRefused).with("reason", reason);
        self.ports.journal.enter(&entry).await
    }

    async fn enter_operator(
        &self,
        action: Action,
        session: Option<SessionId>,
        device: &Device,
    ) -> Result<(), Unavailable> {
        let entry = Entry::new(self.now(), Author::operator(device), action);
        let entry = match session {
            Some(session) => entry.about(SubjectKind::Session, session),
            None => entry,
        };
        self.ports.journal.enter(&entry).await
    }

    async fn open_session(&self, account: Account, device: Device) -> Result<SignedIn, LoginError> {
        let home = self.home(&account.user, None, &device).await?;
        let now = self.now();
        let session = self.new_session(account.user.id, home.membership.organization.id, device, now);
        let refresh = self.ports.secrets.token()?;
        let digest = self.ports.secrets.digest(&refresh);
        let entry = super::opening::signed_in(&session, &account.user.email);
        let sessions = &self.ports.sessions;
        if !sessions.open(&session, &digest, &account.password, &entry).await? {
            // The password was changed while it was compared, or the account disabled.
            let (user, device) = (&account.user, &session.device);
            self.enter_refusal(&user.email, Some(user.id), device, "changed")
                .await?;
            return Err(LoginError::WrongCredentials);
        }
        tracing::info!(user = %account.user.id, session = %session.id, "signed in");
        Ok(self.signed_in(account.user, home, session, refresh)?)
    }

    pub(super) async fn admit(&self, key: &str) -> Result<(), LoginError> {
        let standing = self.ports.limits.take(&self.config.auth, key).await;
        if !standing.allowed() {
            return Err(LoginError::Limited(standing));
        }
        match self.ports.attempts.wait(key).await {
            Duration::ZERO => Ok(()),
            wait => Err(LoginError::BackingOff(wait)),
        }
    }

    /// Stands for an account in counters: a digest, because addresses do not belong there.
    pub(super) fn attempt_key(&self, name: &str) -> String {
        let digest = self.ports.secrets.digest(&OpaqueToken::new(name.to_owned()));
        let mut key = String::from("account:");
        for byte in digest.0.iter().take(16) {
            // Writing to a string cannot fail.
            let _ = write!(key, "{byte:02x}");
        }
        key
    }
}

impl From<HashError> for LoginError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy(wait) => Self::Busy(wait),
            HashError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
