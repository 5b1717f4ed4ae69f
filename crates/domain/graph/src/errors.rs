use std::time::Duration;

use tenon_kernel::{ChangeError, CreateError, Unavailable, Version};

/// Why something of Graph's was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// It takes an admin.
    #[error("not with this role")]
    Denied,
    /// The organization has none such.
    #[error("not found")]
    NotFound,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// The organization has no such credential, or it is none of an app.
    #[error("no such credential")]
    UnknownCredential,
    /// There is no address at which Graph reaches this installation.
    #[error("no webhook address is configured")]
    NotConfigured,
    /// It is not in quarantine.
    #[error("the notification is not in quarantine")]
    NotQuarantined,
    /// The body that it came in is kept no longer.
    #[error("what was posted is kept no longer")]
    Forgotten,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// Something did not do its part.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why Graph did not do at once what the operator wants.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The organization has none such.
    #[error("the organization has no such subscription")]
    NotFound,
    /// Graph was asked, or could not be.
    #[error("Microsoft Graph has not done it: {0}")]
    Graph(#[source] TaskError),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a subscription was not stored.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// The organization has no such credential, or it is none of an app.
    #[error("no such credential")]
    UnknownCredential,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a task is not done. The texts hold no secret.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// Trying again later may help.
    #[error("{0}")]
    Later(String),
    /// Not before this time.
    #[error("{1}")]
    After(Duration, String),
    /// It will never be done.
    #[error("{0}")]
    Never(String),
}

impl From<Unavailable> for TaskError {
    fn from(error: Unavailable) -> Self {
        Self::Later(error.to_string())
    }
}

impl From<ChangeError> for AskError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound | ChangeError::Stale(_) => Self::NotFound,
            ChangeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<SubscribeError> for GraphError {
    fn from(error: SubscribeError) -> Self {
        match error {
            SubscribeError::UnknownCredential => Self::UnknownCredential,
            SubscribeError::KeyReused => Self::KeyReused,
            SubscribeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<ChangeError> for GraphError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::NotFound,
            ChangeError::Stale(version) => Self::Stale(version),
            ChangeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<CreateError> for SubscribeError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::KeyReused => Self::KeyReused,
            CreateError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
