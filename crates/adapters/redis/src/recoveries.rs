use std::time::Duration;

use async_trait::async_trait;
use redis::Cmd;
use tenon_kernel::{Recoveries, Unavailable};

use crate::Redis;
use crate::connection::unavailable;
use crate::kept::{key, millis};

const KIND: &str = "tenon:recovery";

/// What clients go on with on any instance. Key `tenon:recovery:{digest}`, gone when it was taken or its life has passed.
pub struct RedisRecoveries(Redis);

impl RedisRecoveries {
    /// Kept on this server.
    pub fn new(redis: Redis) -> Self {
        Self(redis)
    }
}

#[async_trait]
impl Recoveries for RedisRecoveries {
    async fn keep(&self, digest: [u8; 32], state: Vec<u8>, life: Duration) -> Result<(), Unavailable> {
        let mut set = Cmd::new();
        set.arg("SET").arg(key(KIND, &digest)).arg(state);
        set.arg("PX").arg(millis(life));
        self.0.ask::<()>(&set).await.ok_or_else(unavailable)
    }

    async fn take(&self, digest: [u8; 32]) -> Result<Option<Vec<u8>>, Unavailable> {
        let mut take = Cmd::new();
        take.arg("GETDEL").arg(key(KIND, &digest));
        self.0.ask(&take).await.ok_or_else(unavailable)
    }
}
