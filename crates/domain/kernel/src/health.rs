use std::time::Duration;

use async_trait::async_trait;

/// What a look at a service found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceState {
    /// It answered in this time.
    Up(Duration),
    /// It did not answer, or wrongly.
    Down,
}

/// A service that health reports on.
#[async_trait]
pub trait Probe: Send + Sync {
    /// The service's name in the health report: `database`, `redis`.
    fn name(&self) -> &'static str;

    /// Asks the service for a sign of life. MUST return within a second, with [`ServiceState::Down`] at the latest.
    async fn look(&self) -> ServiceState;
}
