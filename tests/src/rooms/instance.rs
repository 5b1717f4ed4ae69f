use std::env;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use tenon_local::{LocalBroker, LocalPresences, SystemClock};
use tenon_redis::{Redis, RedisBroker, RedisPresences};
use tenon_rooms::{Broker, History, Presences};
use tokio::runtime::Handle;

use super::Ear;

/// What carries the rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Local,
    Redis,
}

/// An instance of the product, as far as rooms are concerned.
#[derive(Clone)]
pub struct Instance {
    pub kind: Kind,
    pub broker: Arc<dyn Broker>,
    pub presences: Arc<dyn Presences>,
    pub ear: Arc<Ear>,
    pub history: History,
}

impl Instance {
    /// One that keeps the usual history.
    pub async fn start(kind: Kind) -> Self {
        Self::with_history(kind, History::default()).await
    }

    /// One that keeps so many events, and each for so long.
    pub async fn keeping(kind: Kind, events: u32, age: Duration) -> Self {
        let events = NonZeroU32::new(events).unwrap();
        Self::with_history(kind, History { events, age }).await
    }

    async fn with_history(kind: Kind, history: History) -> Self {
        match kind {
            Kind::Local => Self::local(history),
            Kind::Redis => {
                let url = env::var("TENON_TEST_REDIS")
                    .expect("no Redis: run `cargo xtask test`, or set what `cargo xtask servers` prints");
                Self::over(&url, history).await
            }
        }
    }

    fn local(history: History) -> Self {
        let ear = Arc::new(Ear::default());
        let broker = LocalBroker::new(Arc::new(SystemClock::default()), history, ear.clone());
        Self {
            kind: Kind::Local,
            broker: Arc::new(broker),
            presences: Arc::new(LocalPresences::default()),
            ear,
            history,
        }
    }

    /// One over the server with this address.
    pub async fn over(url: &str, history: History) -> Self {
        let redis = Redis::connect(url, &Handle::current()).await.unwrap();
        let ear = Arc::new(Ear::default());
        Self {
            kind: Kind::Redis,
            broker: Arc::new(RedisBroker::start(redis.clone(), history, ear.clone())),
            presences: Arc::new(RedisPresences::start(redis)),
            ear,
            history,
        }
    }

    /// Another instance beside this one; in process there is but one.
    pub async fn beside(&self) -> Self {
        match self.kind {
            Kind::Local => self.clone(),
            Kind::Redis => Self::with_history(self.kind, self.history).await,
        }
    }
}

/// One test for each broker, `NAME::local` and `NAME::redis`, from one source that is given its [`Kind`].
#[macro_export]
macro_rules! for_each_broker {
    ($name:ident, |$kind:ident| $story:block) => {
        async fn $name($kind: $crate::rooms::Kind) $story

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn local() {
                super::$name($crate::rooms::Kind::Local).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn redis() {
                super::$name($crate::rooms::Kind::Redis).await;
            }
        }
    };
}
