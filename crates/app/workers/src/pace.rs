use std::time::Duration;

use tenon_jobs::RetryPolicy;

/// How long everything about jobs takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// A job whose worker is not heard of for so long is claimed by another. The clocks of instances must agree to within half
    /// of it.
    pub lease: Duration,
    /// How often a worker is heard of.
    pub beat: Duration,
    /// How often what others enqueued is looked for.
    pub look: Duration,
    /// An attempt that takes longer has failed.
    pub limit: Duration,
    /// What is running when the process is told to stop has so long; then it is given back.
    pub farewell: Duration,
    /// When what failed is tried again.
    pub retry: RetryPolicy,
}

impl Default for Pace {
    /// A lease of 20 s renewed every 5 s, so that a killed worker's job is taken up well within 30 s.
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(20),
            beat: Duration::from_secs(5),
            look: Duration::from_millis(500),
            limit: Duration::from_secs(5 * 60),
            farewell: Duration::from_secs(10),
            retry: RetryPolicy::default(),
        }
    }
}
