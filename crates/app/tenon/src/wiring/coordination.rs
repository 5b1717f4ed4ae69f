use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tenon_accounts::{Attempts, RevocationFeed, RevokedTokens};
use tenon_http::Health;
use tenon_kernel::{Clock, Probe, RateLimits};
use tenon_local::{LocalAttempts, LocalFeed, LocalRateLimits};
use tenon_redis::{Redis, RedisAttempts, RedisFeed, RedisProbe, RedisRateLimits, Subscription, UrlError};
use tokio::runtime::Handle;

/// What instances share through Redis, or what one keeps to itself without it.
pub(super) struct Coordination {
    pub(super) limits: Arc<dyn RateLimits>,
    pub(super) attempts: Arc<dyn Attempts>,
    pub(super) feed: Arc<dyn RevocationFeed>,
    redis: Option<Redis>,
    pub(super) subscription: Option<Subscription>,
}

impl Coordination {
    pub(super) async fn start(
        url: Option<&SecretString>,
        clock: &Arc<dyn Clock>,
        revoked: &Arc<RevokedTokens>,
    ) -> Result<Self, UrlError> {
        let limits: Arc<dyn RateLimits> = Arc::new(LocalRateLimits::new());
        let attempts: Arc<dyn Attempts> = Arc::new(LocalAttempts::new(Arc::clone(clock)));
        let Some(url) = url else {
            tracing::warn!("no Redis is configured: this instance counts requests for itself and tells no other");
            return Ok(Self {
                limits,
                attempts,
                feed: Arc::new(LocalFeed),
                redis: None,
                subscription: None,
            });
        };
        let redis = Redis::connect(url.expose_secret(), &Handle::current()).await?;
        let feed = RedisFeed::new(redis.clone());
        let subscription = feed.subscribe(Arc::clone(revoked));
        Ok(Self {
            limits: Arc::new(RedisRateLimits::new(redis.clone(), limits)),
            attempts: Arc::new(RedisAttempts::new(redis.clone(), attempts)),
            feed: Arc::new(feed),
            redis: Some(redis),
            subscription: Some(subscription),
        })
    }

    /// The health of an instance with this database.
    pub(super) fn health(&self, database: Arc<dyn Probe>) -> Health {
        let Some(redis) = self.redis.clone() else {
            return Health::new(vec![database], Vec::new());
        };
        let probe: Arc<dyn Probe> = Arc::new(RedisProbe::new(redis.clone()));
        Health::new(vec![database], vec![probe]).with_limits(move || redis.degraded())
    }
}
