use std::time::{Duration, Instant};

use redis::{Client, RedisError, cmd};
use tenon_kernel::Timestamp;
use tokio::time::timeout;

/// How long the server may take to answer everything.
const PATIENCE: Duration = Duration::from_secs(3);

/// What can be said of a server without changing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// Of Redis, or the one that Valkey claims for its clients.
    pub version: String,
    /// What becomes of keys when memory is full: `noeviction`, `allkeys-lru` and so on; empty when it is not told.
    pub eviction: String,
    /// The time by its clock.
    pub now: Timestamp,
    /// How long one command took, there and back.
    pub round_trip: Duration,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// Nobody answered within three seconds.
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Silent,
    #[error(transparent)]
    Failed(#[from] RedisError),
    /// The answer is not what Redis says.
    #[error("what answers is no Redis")]
    Strange,
}

/// Looks at the server that `url` names.
///
/// # Errors
///
/// As [`ExamineError`] says.
pub async fn examine(url: &str) -> Result<Examination, ExamineError> {
    timeout(PATIENCE, ask(url)).await.map_err(|_| ExamineError::Silent)?
}

async fn ask(url: &str) -> Result<Examination, ExamineError> {
    let mut connection = Client::open(url)?.get_multiplexed_async_connection().await?;
    let server: String = cmd("INFO").arg("server").query_async(&mut connection).await?;
    let memory: String = cmd("INFO").arg("memory").query_async(&mut connection).await?;
    let begin = Instant::now();
    let (seconds, micros): (i64, i64) = cmd("TIME").query_async(&mut connection).await?;
    Ok(Examination {
        version: line(&server, "redis_version").ok_or(ExamineError::Strange)?,
        eviction: line(&memory, "maxmemory_policy").unwrap_or_default(),
        now: Timestamp::from_micros(seconds.saturating_mul(1_000_000).saturating_add(micros)),
        round_trip: begin.elapsed(),
    })
}

/// The value of `name:value`.
fn line(information: &str, name: &str) -> Option<String> {
    let mut lines = information.lines().filter_map(|line| line.split_once(':'));
    lines
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.trim().to_owned())
}
