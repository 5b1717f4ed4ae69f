use std::sync::Arc;

use async_trait::async_trait;
use redis::Cmd;
use tenon_accounts::{Revocation, RevocationFeed, RevokedTokens};

use crate::channel::{Subscription, subscribe};
use crate::{Redis, message};

const CHANNEL: &str = "tenon:revocations";

/// Tells the other instances of revocations. A message that is lost is made up for by the store, which they read too.
pub struct RedisFeed {
    redis: Redis,
}

impl RedisFeed {
    /// A feed over this server.
    pub fn new(redis: Redis) -> Self {
        Self { redis }
    }

    /// Takes up what the other instances announce, until the returned handle is dropped.
    #[must_use]
    pub fn subscribe(&self, revoked: Arc<RevokedTokens>) -> Subscription {
        subscribe(&self.redis, CHANNEL, move |payload| {
            revoked.add(&message::read(&String::from_utf8_lossy(payload)));
        })
    }
}

#[async_trait]
impl RevocationFeed for RedisFeed {
    async fn announce(&self, revocations: &[Revocation]) {
        if revocations.is_empty() {
            return;
        }
        let mut publish = Cmd::new();
        publish.arg("PUBLISH").arg(CHANNEL).arg(message::write(revocations));
        let _: Option<()> = self.redis.ask(&publish).await;
    }
}
