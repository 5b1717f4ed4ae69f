use tenon_accounts::{
    AuthenticationError, ChangePasswordError, LoginError, RefreshError, RegisterAccountError, SessionError, SwitchError,
};

use tenon_kernel::ChangeError;

use super::*;

impl From<AuthenticationError> for ApiError {
    fn from(error: AuthenticationError) -> Self {
        let detail = match error {
            AuthenticationError::Expired => "The access token has expired; refresh it.",
            AuthenticationError::Revoked => "The access token was revoked; refresh it, or sign in again.",
            AuthenticationError::Invalid => "The access token is not valid.",
        };
        Self::new(&TOKEN_INVALID).detail(detail)
    }
}

impl From<RegisterAccountError> for ApiError {
    fn from(error: RegisterAccountError) -> Self {
        match error {
            RegisterAccountError::EmailTaken => Self::new(&EMAIL_TAKEN),
            RegisterAccountError::Busy(wait) => Self::retry(&BUSY, wait),
            RegisterAccountError::Unavailable(error) => error.into(),
        }
    }
}

impl From<LoginError> for ApiError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::WrongCredentials => Self::new(&INVALID_CREDENTIALS),
            LoginError::Disabled => Self::new(&ACCOUNT_DISABLED),
            LoginError::Limited(standing) => Self::limited(standing),
            LoginError::BackingOff(wait) => Self::retry(&LOGIN_BACKOFF, wait),
            LoginError::Busy(wait) => Self::retry(&BUSY, wait),
            LoginError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for ApiError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::WrongPassword => Self::new(&WRONG_PASSWORD),
            ChangePasswordError::Refused(invalid) => Self::field("newPassword", invalid),
            ChangePasswordError::Limited(standing) => Self::limited(standing),
            ChangePasswordError::BackingOff(wait) => Self::retry(&LOGIN_BACKOFF, wait),
            ChangePasswordError::Busy(wait) => Self::retry(&BUSY, wait),
            ChangePasswordError::Unavailable(error) => error.into(),
        }
    }
}

impl From<RefreshError> for ApiError {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid => Self::new(&REFRESH_TOKEN_INVALID),
            RefreshError::Reused => Self::new(&REFRESH_TOKEN_REUSED),
            RefreshError::Unavailable(error) => error.into(),
        }
    }
}

impl From<SwitchError> for ApiError {
    fn from(error: SwitchError) -> Self {
        match error {
            SwitchError::NotFound => {
                Self::new(&ORGANIZATION_NOT_FOUND).detail("You belong to no organization with this id.")
            }
            SwitchError::Ended => Self::new(&TOKEN_INVALID).detail("The session has ended; sign in again."),
            SwitchError::Unavailable(error) => error.into(),
        }
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::NotFound => Self::new(&SESSION_NOT_FOUND),
            SessionError::Stale(version) => Self::stale(version),
            SessionError::Unavailable(error) => error.into(),
        }
    }
}

impl ApiError {
    /// What [`ChangeError`] means for accounts.
    pub(crate) fn of_user(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::new(&USER_NOT_FOUND),
            ChangeError::Stale(version) => Self::stale(version),
            ChangeError::Unavailable(error) => error.into(),
        }
    }

    /// The same about the caller's own profile: who is gone has a dead token.
    pub(crate) fn of_profile(error: SessionError) -> Self {
        match error {
            SessionError::NotFound => {
                Self::new(&TOKEN_INVALID).detail("The account or the organization of the token is gone.")
            }
            SessionError::Stale(version) => Self::stale(version),
            SessionError::Unavailable(error) => error.into(),
        }
    }
}
