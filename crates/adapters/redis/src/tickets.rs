use std::time::Duration;

use async_trait::async_trait;
use redis::Cmd;
use tenon_kernel::{Tickets, Unavailable};

use crate::Redis;
use crate::connection::unavailable;
use crate::kept::{key, millis};

/// Tickets that any instance redeems. Key `ticket:{digest}`, gone when the ticket was used or its life has passed.
pub struct RedisTickets(Redis);

impl RedisTickets {
    /// Tickets on this server.
    pub fn new(redis: Redis) -> Self {
        Self(redis)
    }
}

#[async_trait]
impl Tickets for RedisTickets {
    async fn issue(&self, ticket: [u8; 32], life: Duration) -> Result<(), Unavailable> {
        let mut set = Cmd::new();
        set.arg("SET").arg(key("ticket", &ticket)).arg("");
        set.arg("PX").arg(millis(life));
        self.0.ask::<()>(&set).await.ok_or_else(unavailable)
    }

    async fn redeem(&self, ticket: [u8; 32]) -> Result<bool, Unavailable> {
        let mut delete = Cmd::new();
        delete.arg("DEL").arg(key("ticket", &ticket));
        self.0.ask::<bool>(&delete).await.ok_or_else(unavailable)
    }
}
