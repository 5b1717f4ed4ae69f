use std::time::Duration;

use tenon_kernel::{ChangeError, CreateError, Unavailable, Version};

use crate::SubscriptionState;

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
    /// The organization is not there any more.
    #[error("the organization is gone")]
    OrganizationGone,
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
    /// Graph was asked.
    #[error("Microsoft Graph has not done it: {0}")]
    Graph(#[source] TaskError),
    /// Graph was not asked, because something is missing here.
    #[error("Microsoft Graph was not asked: {0}")]
    Unasked(&'static str),
    /// Graph answers that it has none such.
    #[error("Microsoft Graph has lost the subscription: a server creates it anew")]
    Lost,
    /// Graph has it, and yet it is not renewed: somebody else has changed it meanwhile.
    #[error("the subscription is {} by now", .0.as_str())]
    Changed(SubscriptionState),
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

/// Why a certificate was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// What it was to belong to is not there any more.
    #[error("its organization is gone")]
    OrganizationGone,
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
    /// What it takes is missing here. Trying again later may help.
    #[error("{0}")]
    Unasked(&'static str),
    /// Something of Tenon's own did not answer. Trying again later may help.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<TaskError> for AskError {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::Later(_) | TaskError::After(..) | TaskError::Never(_) => Self::Graph(error),
            TaskError::Unasked(why) => Self::Unasked(why),
            TaskError::Unavailable(error) => Self::Unavailable(error),
        }
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

impl From<KeepError> for GraphError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::OrganizationGone => Self::OrganizationGone,
            KeepError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<KeepError> for TaskError {
    fn from(error: KeepError) -> Self {
        match error {
            // The subscription goes with it, and then there is nothing to be done.
            KeepError::OrganizationGone => Self::Unasked("the organization is gone"),
            KeepError::Unavailable(error) => Self::Unavailable(error),
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
            // A credential goes with its organization.
            CreateError::OrganizationGone => Self::UnknownCredential,
            CreateError::KeyReused => Self::KeyReused,
            CreateError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
