use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::{Cmd, Script};
use tenon_accounts::{Attempts, backoff};

use crate::Redis;

/// How long failures are remembered after the last of them, in milliseconds.
const MEMORY: u64 = 30 * 60 * 1000;

/// Counts wrong passwords for all instances.
///
/// Key `attempts:{account}`: `count` of failures in a row and `until` when the account waits, in microseconds since 1970
/// by the server's clock; gone half an hour after the last failure.
pub struct RedisAttempts {
    redis: Redis,
    wait: Script,
    fail: Script,
    /// In microseconds, by the number of failures from 1; the last one is for all more.
    waits: Vec<u64>,
    fallback: Arc<dyn Attempts>,
}

impl RedisAttempts {
    /// A count that goes on in `fallback` while the server is gone.
    pub fn new(redis: Redis, fallback: Arc<dyn Attempts>) -> Self {
        Self {
            redis,
            wait: Script::new(include_str!("wait.lua")),
            fail: Script::new(include_str!("fail.lua")),
            waits: waits(),
            fallback,
        }
    }
}

fn waits() -> Vec<u64> {
    let longest = backoff(u32::MAX);
    let before = (1..64).map(backoff).take_while(|wait| *wait < longest);
    before
        .chain([longest])
        .map(|wait| u64::try_from(wait.as_micros()).unwrap_or(u64::MAX))
        .collect()
}

fn key(account: &str) -> String {
    format!("attempts:{account}")
}

#[async_trait]
impl Attempts for RedisAttempts {
    async fn wait(&self, account: &str) -> Duration {
        match self.redis.run(&self.wait.key(key(account))).await {
            Some(micros) => Duration::from_micros(micros),
            None => self.fallback.wait(account).await,
        }
    }

    async fn failed(&self, account: &str) {
        let mut script = self.fail.prepare_invoke();
        script.key(key(account)).arg(MEMORY).arg(&self.waits);
        if self.redis.run::<()>(&script).await.is_none() {
            self.fallback.failed(account).await;
        }
    }

    async fn succeeded(&self, account: &str) {
        let mut delete = Cmd::new();
        delete.arg("DEL").arg(key(account));
        // When the server is down, the old count ends there by itself; what an outage left in process ends here.
        let _: Option<()> = self.redis.ask(&delete).await;
        self.fallback.succeeded(account).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_are_those_of_the_domain() {
        let waits = waits();
        for failures in 1..100 {
            let index = usize::try_from(failures).unwrap().min(waits.len()) - 1;
            assert_eq!(
                Duration::from_micros(waits[index]),
                backoff(u32::try_from(failures).unwrap()),
                "{failures}"
            );
        }
    }
}
