use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{Timestamp, Unavailable};

use crate::NewJob;

/// Something that is done again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// What the store knows it by.
    pub name: &'static str,
    /// Between two times.
    pub period: Duration,
}

/// When scheduled work was last called for.
#[async_trait]
pub trait Schedules: Send + Sync {
    /// Puts `job` into its queue if the schedule is due at `now`: if it never was called for, or not within its period. Returns
    /// when it is due next.
    ///
    /// - MUST, when several ask at once, put in the job of one of them.
    /// - MUST put in the job in the transaction that takes the turn.
    async fn call(&self, schedule: &Schedule, job: &NewJob, now: Timestamp) -> Result<Timestamp, Unavailable>;
}
