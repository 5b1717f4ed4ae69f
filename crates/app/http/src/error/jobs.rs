use tenon_jobs::{DiscardError, RetryError};

use super::*;

impl From<RetryError> for ApiError {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NotFound => Self::new(&JOB_NOT_FOUND),
            RetryError::NotDead => Self::new(&JOB_NOT_DEAD),
            RetryError::Superseded => Self::new(&JOB_SUPERSEDED),
            RetryError::Unavailable(error) => error.into(),
        }
    }
}

impl From<DiscardError> for ApiError {
    fn from(error: DiscardError) -> Self {
        match error {
            DiscardError::NotFound => Self::new(&JOB_NOT_FOUND),
            DiscardError::Running => Self::new(&JOB_RUNNING),
            DiscardError::Unavailable(error) => error.into(),
        }
    }
}
