use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tenon_accounts::{Attempts, RevocationFeed, RevokedTokens};
use tenon_cluster::Instances;
use tenon_http::{Health, Sockets};
use tenon_kernel::{Clock, Probe, RateLimits, Recoveries, Tickets};
use tenon_local::{
    LocalAttempts, LocalBroker, LocalFeed, LocalPresences, LocalRateLimits, LocalRecoveries, LocalTickets, LocalWakes,
};
use tenon_messages::{Mailman, Wakes};
use tenon_redis::{
    Redis, RedisAttempts, RedisBroker, RedisFeed, RedisInstances, RedisPresences, RedisProbe, RedisRateLimits,
    RedisRecoveries, RedisTickets, RedisWakes, Subscription, UrlError,
};
use tenon_rooms::{Broker, History, Listener, Presences};
use tokio::runtime::Handle;

/// What instances share through Redis, or what one keeps to itself without it.
pub(super) struct Coordination {
    pub(super) limits: Arc<dyn RateLimits>,
    pub(super) attempts: Arc<dyn Attempts>,
    pub(super) feed: Arc<dyn RevocationFeed>,
    pub(super) tickets: Arc<dyn Tickets>,
    pub(super) recoveries: Arc<dyn Recoveries>,
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
            tracing::warn!(
                "no Redis is configured: this instance counts requests for itself, tells no other, and brings events to its own sockets alone"
            );
            return Ok(Self {
                limits,
                attempts,
                feed: Arc::new(LocalFeed),
                tickets: Arc::new(LocalTickets::default()),
                recoveries: Arc::new(LocalRecoveries::default()),
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
            tickets: Arc::new(RedisTickets::new(redis.clone())),
            recoveries: Arc::new(RedisRecoveries::new(redis.clone())),
            redis: Some(redis),
            subscription: Some(subscription),
        })
    }

    /// What brings events to these sockets and knows who is in which room.
    pub(super) fn rooms(
        &self,
        history: History,
        sockets: &Arc<Sockets>,
        clock: &Arc<dyn Clock>,
    ) -> (Arc<dyn Broker>, Arc<dyn Presences>) {
        let listener: Arc<dyn Listener> = Arc::<Sockets>::clone(sockets);
        match self.redis.clone() {
            Some(redis) => (
                Arc::new(RedisBroker::start(redis.clone(), history, listener)),
                Arc::new(RedisPresences::start(redis)),
            ),
            None => (
                Arc::new(LocalBroker::new(Arc::clone(clock), history, listener)),
                Arc::new(LocalPresences::default()),
            ),
        }
    }

    /// What wakes those who wait for mail at these sockets.
    pub(super) fn wakes(&self, sockets: &Arc<Sockets>) -> Arc<dyn Wakes> {
        let mailman: Arc<dyn Mailman> = Arc::<Sockets>::clone(sockets);
        match &self.redis {
            Some(redis) => Arc::new(RedisWakes::start(redis, mailman)),
            None => Arc::new(LocalWakes(mailman)),
        }
    }

    /// Where the instances of the installation are known; the database's unless there is Redis.
    pub(super) fn instances(&self, of_database: &Arc<dyn Instances>) -> Arc<dyn Instances> {
        match self.redis.clone() {
            Some(redis) => Arc::new(RedisInstances::new(redis)),
            None => Arc::clone(of_database),
        }
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
