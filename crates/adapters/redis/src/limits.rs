use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::Script;
use tenon_kernel::{Quota, RateLimits, Standing};

use crate::Redis;

/// Counts requests for all instances, in one round trip each (GCRA by the server's own clock).
///
/// Key `rl:{quota}:{key}`: the theoretical arrival time in microseconds since 1970, gone when the quota is whole again.
pub struct RedisRateLimits {
    redis: Redis,
    script: Script,
    fallback: Arc<dyn RateLimits>,
}

impl RedisRateLimits {
    /// Limits that are counted in `fallback` while the server is gone.
    pub fn new(redis: Redis, fallback: Arc<dyn RateLimits>) -> Self {
        Self {
            redis,
            script: Script::new(include_str!("take.lua")),
            fallback,
        }
    }

    /// Whether requests are counted in process, each instance for itself, because the server failed.
    pub fn degraded(&self) -> bool {
        self.redis.degraded()
    }
}

#[async_trait]
impl RateLimits for RedisRateLimits {
    async fn take(&self, quota: &Quota, key: &str) -> Standing {
        // Rounded down, so that the window is never longer than it should be.
        let interval = u64::try_from(quota.interval().as_micros()).unwrap_or(u64::MAX).max(1);
        let mut script = self.script.prepare_invoke();
        script
            .key(format!("rl:{}:{key}", quota.name))
            .arg(interval)
            .arg(quota.amount.get());
        match self.redis.run::<(u64, u32, u64)>(&script).await {
            Some((wait, remaining, reset)) => Standing {
                retry_after: Duration::from_micros(wait),
                remaining,
                reset: Duration::from_micros(reset),
            },
            None => self.fallback.take(quota, key).await,
        }
    }
}
