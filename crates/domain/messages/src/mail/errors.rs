use tenon_kernel::{Standing, Unavailable, Version};

/// Why a message was not kept.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The organization has no such member.
    #[error("no such user")]
    UnknownRecipient,
    /// The recipient has no such device.
    #[error("no such device")]
    UnknownDevice,
    /// The sender used the client id for another message.
    #[error("the client id belongs to another message")]
    ClientIdReused,
    /// Too much waits for the recipient already.
    #[error("the recipient's mailbox is full")]
    Full,
    /// The store did not answer. The message may have been kept nevertheless.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// A viewer sends nothing.
    #[error("viewers may not send messages")]
    ReadOnly,
    /// The sender sends too fast.
    #[error("too many messages")]
    RateLimited(Standing),
    /// The organization has no such member.
    #[error("no such user")]
    UnknownRecipient,
    /// The recipient has no such device.
    #[error("no such device")]
    UnknownDevice,
    /// The sender used the client id for another message.
    #[error("the client id belongs to another message")]
    ClientIdReused,
    /// Too much waits for the recipient already.
    #[error("the recipient's mailbox is full")]
    RecipientFull,
    /// The store did not answer. The message may have been kept nevertheless; sending it again is harmless.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<PostError> for SendError {
    fn from(error: PostError) -> Self {
        match error {
            PostError::UnknownRecipient => Self::UnknownRecipient,
            PostError::UnknownDevice => Self::UnknownDevice,
            PostError::ClientIdReused => Self::ClientIdReused,
            PostError::Full => Self::RecipientFull,
            PostError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// Why a mailbox was not read, or nothing in it acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum ReadMailError {
    /// Its owner has no such device.
    #[error("no such device")]
    UnknownDevice,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a conversation was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadConversationError {
    /// There is none with this user.
    #[error("no such conversation")]
    NotFound,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why nothing was marked as read.
#[derive(Debug, thiserror::Error)]
pub enum MarkReadError {
    /// There is no conversation with this user.
    #[error("no such conversation")]
    NotFound,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why it was not told how long messages are kept.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// It is another tenant, or there is none.
    #[error("no such organization")]
    UnknownOrganization,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why it was not changed how long messages are kept.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRetentionError {
    /// It is another tenant, or there is none.
    #[error("no such organization")]
    UnknownOrganization,
    /// It takes an admin.
    #[error("changing retention takes an admin")]
    Denied,
    /// It was changed meanwhile.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why nothing was purged.
#[derive(Debug, thiserror::Error)]
pub enum PurgeError {
    /// It is another tenant, or there is none.
    #[error("no such organization")]
    UnknownOrganization,
    /// It takes an admin.
    #[error("purging takes an admin")]
    Denied,
    /// The store did not answer. Some may have gone.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
