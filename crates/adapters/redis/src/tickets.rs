use std::time::Duration;

use async_trait::async_trait;
use redis::Cmd;
use tenon_kernel::{Tickets, Unavailable};

use crate::Redis;

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
        let life = u64::try_from(life.as_millis()).unwrap_or(u64::MAX);
        let mut set = Cmd::new();
        set.arg("SET").arg(key(&ticket)).arg("").arg("PX").arg(life);
        self.0.ask::<()>(&set).await.ok_or_else(gone)
    }

    async fn redeem(&self, ticket: [u8; 32]) -> Result<bool, Unavailable> {
        let mut delete = Cmd::new();
        delete.arg("DEL").arg(key(&ticket));
        self.0.ask::<bool>(&delete).await.ok_or_else(gone)
    }
}

fn key(ticket: &[u8; 32]) -> String {
    let mut key = String::with_capacity(7 + 64);
    key.push_str("ticket:");
    for byte in ticket {
        key.push_str(&format!("{byte:02x}"));
    }
    key
}

fn gone() -> Unavailable {
    Unavailable::new("redis", "the server did not answer")
}
