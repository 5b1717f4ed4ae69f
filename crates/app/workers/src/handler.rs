use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;
use tenon_jobs::Job;
use tenon_kernel::Unavailable;

/// Does the jobs of a queue.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Does a job.
    ///
    /// - MUST be able to do the same job again, also when an earlier attempt was cut off at any point: a job is done at least
    ///   once. Its id stays the same.
    /// - MUST be able to stop wherever it awaits: what takes too long, or is still running when the process ends, is dropped.
    async fn handle(&self, job: &Job) -> Result<(), Failure>;
}

/// Why a job is not done. The operator reads the text: it MUST NOT hold secrets or what people wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Another attempt may succeed.
    Retry(Cow<'static, str>),
    /// No attempt before that much time has passed.
    RetryAfter(Duration, Cow<'static, str>),
    /// No attempt will succeed.
    Dead(Cow<'static, str>),
}

impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        Self::Retry(error.to_string().into())
    }
}
