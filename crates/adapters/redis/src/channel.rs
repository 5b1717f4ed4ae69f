use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt;
use redis::{Client, ErrorKind, RedisError, RedisResult};
use tokio::time::{sleep, timeout};

use crate::Redis;
use crate::connection::{Task, patiently};

/// The waits before a lost subscription is tried again, doubling.
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(2);

/// After so long without a message, the server is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(2);

/// Listens to the announcements of the other instances while it lives.
pub struct Subscription {
    _task: Task,
}

/// Gives every message of the channel to `take`, until the returned handle is dropped. What is said while the connection is lost is
/// not heard.
pub(crate) fn subscribe(
    redis: &Redis,
    channel: &'static str,
    take: impl Fn(&[u8]) + Send + Sync + 'static,
) -> Subscription {
    Subscription {
        _task: redis.spawn(listen(redis.client(), channel, take)),
    }
}

async fn listen(client: Client, channel: &'static str, take: impl Fn(&[u8]) + Send + Sync) {
    let mut pause = FIRST;
    loop {
        let Err(error) = receive(&client, channel, &take, &mut pause).await;
        tracing::debug!(%error, channel, "a subscription is interrupted");
        sleep(pause).await;
        pause = LONGEST.min(pause * 2);
    }
}

/// Subscribes, and takes messages until the connection is lost.
async fn receive(
    client: &Client,
    channel: &str,
    take: &(impl Fn(&[u8]) + Sync),
    pause: &mut Duration,
) -> RedisResult<Infallible> {
    let subscribed = async {
        let mut connection = client.get_async_pubsub().await?;
        connection.subscribe(channel).await?;
        Ok(connection)
    };
    let (mut sink, mut messages) = patiently(subscribed).await?.split();
    *pause = FIRST;
    loop {
        match timeout(QUIET, messages.next()).await {
            Ok(Some(message)) => take(message.get_payload_bytes()),
            Ok(None) => return Err(RedisError::from((ErrorKind::Io, "the connection was closed"))),
            Err(_) => patiently(sink.ping::<()>()).await?,
        }
    }
}
