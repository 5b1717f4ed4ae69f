use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use redis::{Client, Cmd, ErrorKind, RedisError, RedisResult};
use tenon_accounts::{Revocation, RevocationFeed, RevokedTokens};
use tokio::time::{sleep, timeout};

use crate::Redis;
use crate::connection::{Task, patiently};
use crate::message;

const CHANNEL: &str = "tenon:revocations";

/// The waits before a lost subscription is tried again, doubling.
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(2);

/// After so long without a message, the server is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(2);

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
        Subscription {
            _task: self.redis.spawn(listen(self.redis.client(), revoked)),
        }
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

/// Listens to the announcements of the other instances while it lives.
pub struct Subscription {
    _task: Task,
}

async fn listen(client: Client, revoked: Arc<RevokedTokens>) {
    let mut pause = FIRST;
    loop {
        let Err(error) = receive(&client, &revoked, &mut pause).await;
        tracing::debug!(error = %error, "the feed of revocations is interrupted");
        sleep(pause).await;
        pause = LONGEST.min(pause * 2);
    }
}

/// Subscribes, and takes up messages until the connection is lost.
async fn receive(client: &Client, revoked: &RevokedTokens, pause: &mut Duration) -> RedisResult<Infallible> {
    let subscribed = async {
        let mut connection = client.get_async_pubsub().await?;
        connection.subscribe(CHANNEL).await?;
        Ok(connection)
    };
    let (mut sink, mut messages) = patiently(subscribed).await?.split();
    *pause = FIRST;
    loop {
        match timeout(QUIET, messages.next()).await {
            Ok(Some(message)) => revoked.add(&message::read(&String::from_utf8_lossy(message.get_payload_bytes()))),
            Ok(None) => return Err(RedisError::from((ErrorKind::Io, "the connection was closed"))),
            Err(_) => patiently(sink.ping::<()>()).await?,
        }
    }
}
