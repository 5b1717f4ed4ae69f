use tenon_messages::{
    ChangeRetentionError, MarkReadError, PurgeError, ReadConversationError, ReadMailError, RetentionError, SendError,
};

use super::*;

impl ApiError {
    fn takes_an_admin() -> Self {
        Self::new(&INSUFFICIENT_ROLE).detail("It takes the role admin.")
    }
}

impl From<SendError> for ApiError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::ReadOnly => Self::new(&INSUFFICIENT_ROLE).detail("It takes the role member."),
            SendError::RateLimited(standing) => Self::retry(&RATE_LIMITED, standing.retry_after),
            SendError::UnknownRecipient => Self::new(&MEMBER_NOT_FOUND),
            SendError::UnknownDevice => Self::new(&DEVICE_NOT_FOUND),
            SendError::ClientIdReused => Self::new(&CLIENT_ID_REUSED),
            SendError::RecipientFull => Self::new(&RECIPIENT_FULL),
            SendError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReadMailError> for ApiError {
    fn from(error: ReadMailError) -> Self {
        match error {
            ReadMailError::UnknownDevice => Self::new(&DEVICE_NOT_FOUND),
            ReadMailError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReadConversationError> for ApiError {
    fn from(error: ReadConversationError) -> Self {
        match error {
            ReadConversationError::NotFound => Self::new(&CONVERSATION_NOT_FOUND),
            ReadConversationError::Unavailable(error) => error.into(),
        }
    }
}

impl From<MarkReadError> for ApiError {
    fn from(error: MarkReadError) -> Self {
        match error {
            MarkReadError::NotFound => Self::new(&CONVERSATION_NOT_FOUND),
            MarkReadError::Unavailable(error) => error.into(),
        }
    }
}

impl From<RetentionError> for ApiError {
    fn from(error: RetentionError) -> Self {
        match error {
            RetentionError::UnknownOrganization => Self::new(&ORGANIZATION_NOT_FOUND),
            RetentionError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ChangeRetentionError> for ApiError {
    fn from(error: ChangeRetentionError) -> Self {
        match error {
            ChangeRetentionError::UnknownOrganization => Self::new(&ORGANIZATION_NOT_FOUND),
            ChangeRetentionError::Denied => Self::takes_an_admin(),
            ChangeRetentionError::Stale(version) => Self::stale(version),
            ChangeRetentionError::Unavailable(error) => error.into(),
        }
    }
}

impl From<PurgeError> for ApiError {
    fn from(error: PurgeError) -> Self {
        match error {
            PurgeError::UnknownOrganization => Self::new(&ORGANIZATION_NOT_FOUND),
            PurgeError::Denied => Self::takes_an_admin(),
            PurgeError::Unavailable(error) => error.into(),
        }
    }
}
