//! The port of instances on each adapter, and instances for it.

use std::sync::Arc;
use std::time::Duration;

use tenon_cluster::{Instance, InstanceId, Instances, Signs};
use tenon_kernel::{ServiceState, Timestamp};
use tenon_redis::{Redis, RedisInstances};
use tokio::runtime::Handle;

use crate::clock::moment;
use crate::stores::TestStore;

/// The port as two instances have it. Others may use the same place: ask for your own.
pub struct Shared {
    pub one: Arc<dyn Instances>,
    pub other: Arc<dyn Instances>,
    _store: Option<TestStore>,
}

impl Shared {
    /// In a database.
    pub fn of_database(store: TestStore) -> Self {
        Self {
            one: Arc::clone(&store.instances),
            other: store.another().instances,
            _store: Some(store),
        }
    }

    /// In the Redis of this run.
    ///
    /// # Panics
    ///
    /// Without one.
    pub async fn of_redis() -> Self {
        let url = std::env::var("TENON_TEST_REDIS").expect("no Redis: run `cargo xtask test`");
        Self {
            one: over(&url).await,
            other: over(&url).await,
            _store: None,
        }
    }

    /// Those of them that are listed, in the order of the list, as the second instance has it.
    pub async fn listed(&self, of: &[&Instance]) -> Vec<Instance> {
        let mut listed = self.other.list().await.unwrap();
        listed.retain(|one| of.iter().any(|asked| asked.id == one.id));
        listed
    }
}

/// The port over a Redis.
pub async fn over(url: &str) -> Arc<dyn Instances> {
    Arc::new(RedisInstances::new(
        Redis::connect(url, &Handle::current()).await.unwrap(),
    ))
}

/// An instance that starts now.
pub fn instance() -> Instance {
    started(moment())
}

/// An instance with this clock.
pub fn started(at: Timestamp) -> Instance {
    Instance {
        id: InstanceId::at(moment()),
        version: "1.2.3".to_owned(),
        started_at: at,
        seen_at: at.plus(Duration::from_secs(7)),
        signs: Signs {
            sockets: 12,
            rooms: 5,
            jobs: 0,
            database: ServiceState::Up(Duration::from_micros(412)),
            redis: None,
        },
    }
}

/// One test for each adapter, `NAME::sqlite`, `NAME::postgres` and `NAME::redis`, from one source that is given [`Shared`].
#[macro_export]
macro_rules! for_each_instances {
    ($name:ident, |$shared:ident| $story:block) => {
        async fn $name($shared: $crate::cluster::Shared) $story

        mod $name {
            use $crate::cluster::Shared;
            use $crate::stores::TestStore;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Shared::of_database(TestStore::sqlite())).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Shared::of_database(TestStore::postgres())).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn redis() {
                super::$name(Shared::of_redis().await).await;
            }
        }
    };
}
