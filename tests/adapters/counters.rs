//! The adapters under test, and what every test needs.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use tenon_accounts::Attempts;
use tenon_kernel::{Quota, RateLimits, Timestamp, TokenId};
use tenon_local::{LocalAttempts, LocalRateLimits, SystemClock};
use tenon_redis::{Redis, RedisAttempts, RedisRateLimits};
use tokio::runtime::Handle;

/// Far more than anything takes that a test waits for.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Runs every named test on each adapter.
macro_rules! for_each_counter {
    ($($name:ident),+ $(,)?) => {
        mod local {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::counters::Counters::local()).await;
            })+
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::counters::Counters::redis().await).await;
            })+
        }
    };
}
pub(crate) use for_each_counter;

/// What counts, in process or in Redis.
#[derive(Clone)]
pub struct Counters {
    pub limits: Arc<dyn RateLimits>,
    pub attempts: Arc<dyn Attempts>,
}

impl Counters {
    pub fn local() -> Self {
        Self {
            limits: Arc::new(LocalRateLimits::new()),
            attempts: Arc::new(LocalAttempts::new(Arc::new(SystemClock::default()))),
        }
    }

    /// Counters in the server of this run.
    ///
    /// What falls back would pass every test in process, so that the fixture insists on a server that answers.
    pub async fn redis() -> Self {
        let redis = connect(&url()).await;
        assert!(!redis.degraded(), "no Redis at {}: run `cargo xtask test`", url());
        Self::over(&redis)
    }

    /// Counters in the server behind `redis`, with counters in process to fall back to.
    pub fn over(redis: &Redis) -> Self {
        let local = Self::local();
        Self {
            limits: Arc::new(RedisRateLimits::new(redis.clone(), local.limits)),
            attempts: Arc::new(RedisAttempts::new(redis.clone(), local.attempts)),
        }
    }
}

pub async fn connect(url: &str) -> Redis {
    Redis::connect(url, &Handle::current()).await.unwrap()
}

/// The server that all tests of a run share; keys keep them apart.
pub fn url() -> String {
    match std::env::var("TENON_TEST_REDIS") {
        Ok(url) => url,
        Err(_) => panic!("TENON_TEST_REDIS is not set: run `cargo xtask test`"),
    }
}

/// A key that no other test has.
pub fn key() -> String {
    TokenId::at(Timestamp::from_micros(0)).to_string()
}

pub fn quota(name: &'static str, amount: u32, window: Duration) -> Quota {
    Quota {
        name,
        amount: NonZeroU32::new(amount).unwrap(),
        window,
    }
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
