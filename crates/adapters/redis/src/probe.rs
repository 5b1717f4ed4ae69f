use std::time::Instant;

use async_trait::async_trait;
use redis::Cmd;
use tenon_kernel::{Probe, ServiceState};

use crate::Redis;

/// Tells health whether the server answers.
pub struct RedisProbe {
    redis: Redis,
}

impl RedisProbe {
    /// A probe of this server.
    pub fn new(redis: Redis) -> Self {
        Self { redis }
    }
}

#[async_trait]
impl Probe for RedisProbe {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn look(&self) -> ServiceState {
        let start = Instant::now();
        match self.redis.ask::<()>(Cmd::new().arg("PING")).await {
            Some(()) => ServiceState::Up(start.elapsed()),
            None => ServiceState::Down,
        }
    }
}
