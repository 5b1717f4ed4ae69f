use std::num::NonZeroU32;
use std::time::Duration;

use async_trait::async_trait;

/// How many requests a key may make, and in what time. The whole amount may be used at once; it refills evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    /// Names the policy and separates its keys: `auth`, `api`.
    pub name: &'static str,
    /// Requests in a window.
    pub amount: NonZeroU32,
    /// The time in which a used-up quota is whole again.
    pub window: Duration,
}

impl Quota {
    /// `amount` requests a minute.
    pub const fn per_minute(name: &'static str, amount: NonZeroU32) -> Self {
        Self {
            name,
            amount,
            window: Duration::from_secs(60),
        }
    }

    /// The time in which one request comes free.
    pub fn interval(&self) -> Duration {
        self.window / self.amount.get()
    }
}

/// Where a key stands after it asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Zero when the request may go on; else how long to wait before one may.
    pub retry_after: Duration,
    /// Requests that may follow at once.
    pub remaining: u32,
    /// The time until the quota is whole again.
    pub reset: Duration,
}

impl Standing {
    /// Whether the request may go on.
    pub fn allowed(&self) -> bool {
        self.retry_after.is_zero()
    }
}

/// Counts requests (GCRA, the generic cell rate algorithm of ITU-T I.371).
#[async_trait]
pub trait RateLimits: Send + Sync {
    /// Takes one request of `key` from `quota` and says where the key stands.
    ///
    /// - MUST allow `quota.amount` requests at once to a key that made none in the last window, and refuse the next.
    /// - MUST NOT let a refused request lengthen the wait.
    /// - MUST keep keys and quotas of different names apart.
    /// - MUST answer even when what it counts in is gone; it counts in the process then.
    async fn take(&self, quota: &Quota, key: &str) -> Standing;
}
