//! What is broken: instances with a proxy and a clock each, on one database, with or without Redis.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use tempfile::TempDir;
use tenon_tests::app::{Person, TestApp};
use tenon_tests::disk::TRAPPED;
use tenon_tests::fault_proxy::{FaultProxy, Trouble};
use tenon_tests::graph_scene::GraphScene;
use tokio::sync::Mutex;
use tokio::task::block_in_place;
use xtask::servers::Postgres;

use super::clock::{Clock, Clockwork};
use super::stand::Stand;
use tenon_tests::waiting::until;

/// Far more than it takes until an instance is well, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// One instance, which clients reach over its proxy.
pub struct Instance {
    pub app: Mutex<TestApp>,
    pub proxy: FaultProxy,
    pub clock: Clock,
}

/// See the module.
pub struct Ground {
    // Dropped in this order: whoever works with a thing, then the thing.
    pub instances: Vec<Instance>,
    /// A Microsoft Graph with a subscription, and the organization that has it. Its own server does not run.
    pub scene: GraphScene,
    pub postgres: Option<parking_lot::Mutex<Postgres>>,
    pub stand: Stand,
    _clocks: TempDir,
}

impl Instance {
    async fn start(beside: &TestApp, clockwork: &Clockwork, clocks: &Path, number: usize) -> Self {
        let clock = Clock::right(clocks, number);
        let [preload, file] = clockwork.variables(&clock);
        let variables = [("PORT", "0"), (preload.0, &preload.1), (file.0, &file.1)];
        let app = beside.another(&variables).await;
        Self {
            proxy: FaultProxy::to(app.address()).await,
            app: Mutex::new(app),
            clock,
        }
    }
}

impl Ground {
    pub async fn prepare(stand: Stand) -> Self {
        let postgres = stand
            .has_postgres()
            .then(|| block_in_place(Postgres::start_in_memory).unwrap());
        let mut options = stand.options();
        if let Some(postgres) = &postgres {
            options = options.set("DATABASE_URL", &postgres.url());
        } else {
            options = options.through(&TRAPPED);
        }
        let mut scene = GraphScene::set(options).await;
        scene.subscribed(false).await;
        // From here on nobody has to find it where it was, and its port may be taken while it is down.
        scene.app.stop().await;
        let clocks = tempfile::tempdir().unwrap();
        let clockwork = Clockwork::make(clocks.path());
        let starting =
            (0..stand.instances()).map(|number| Instance::start(&scene.app, &clockwork, clocks.path(), number));
        let instances = join_all(starting).await;
        Self {
            instances,
            scene,
            postgres: postgres.map(parking_lot::Mutex::new),
            stand,
            _clocks: clocks,
        }
    }

    /// Somebody new, who asks the first instance over its proxy.
    pub async fn register(&self, name: &str) -> Person {
        self.over_lines(&self.instances[0].app.lock().await.register(name).await)
            .remove(0)
    }

    /// The same person over the proxy of each instance.
    pub fn over_lines(&self, person: &Person) -> Vec<Person> {
        self.proxies().map(|proxy| person.by_way_of(proxy)).collect()
    }

    pub fn proxies(&self) -> impl Iterator<Item = SocketAddr> {
        self.instances.iter().map(|instance| instance.proxy.address)
    }

    /// Ends what lasts beyond its fault, and waits until every instance says that it is well: others may have answered meanwhile.
    pub async fn heal(&self) {
        for instance in &self.instances {
            instance.clock.catch_up();
            instance.proxy.trouble(Trouble::None);
        }
        for proxy in self.proxies() {
            let anyone = self.scene.app.anonymous_at(proxy);
            until("an instance is well again", PATIENCE, async || {
                let answer = anyone.call(Method::GET, "/api/health").try_send().await;
                answer.is_some_and(|answer| answer.status == 200)
            })
            .await;
        }
    }
}
