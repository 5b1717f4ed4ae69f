//! Ports that do what a test tells them to.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::lock::Mutex as Gate;
use parking_lot::Mutex;
use tenon_kernel::{Clock, ServiceState, Timestamp, Unavailable};

use crate::{
    Cluster, ClusterConfig, ClusterPorts, Instance, InstanceId, Instances, Node, NodeAddress, Reach, Signs,
    Unreachable, Vitals,
};

/// What several instances share, with a clock that stands still unless it is set.
#[derive(Default)]
pub struct World {
    pub listed: Mutex<Vec<Instance>>,
    pub lives: Mutex<Vec<Duration>>,
    pub fails: Mutex<bool>,
    pub sockets: Mutex<u64>,
    /// How often somebody asked how an instance does.
    pub taken: Mutex<u64>,
    pub found: Mutex<Option<Unreachable>>,
    /// Beats hang while a test has it.
    pub gate: Gate<()>,
    seconds: Mutex<u64>,
}

/// The fakes never wait, unless a test has their gate.
pub fn now<T>(work: impl Future<Output = T>) -> T {
    work.now_or_never().unwrap()
}

pub fn node() -> Node {
    Node::parse("gate=gate.example:80").unwrap()
}

impl World {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    pub fn pass(&self, seconds: u64) {
        *self.seconds.lock() += seconds;
    }

    /// An instance that starts now.
    pub fn start(self: &Arc<Self>) -> Cluster {
        let ports = ClusterPorts {
            instances: Arc::<Self>::clone(self),
            vitals: Arc::<Self>::clone(self),
            reach: Arc::<Self>::clone(self),
            clock: Arc::<Self>::clone(self),
        };
        let config = ClusterConfig {
            version: "1.2.3",
            nodes: vec![node()],
        };
        Cluster::new(ports, config)
    }

    fn answer(&self) -> Result<(), Unavailable> {
        match *self.fails.lock() {
            true => Err(Unavailable::new("instances", "told to fail")),
            false => Ok(()),
        }
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_767_225_599_000_042).plus(Duration::from_secs(*self.seconds.lock()))
    }
}

impl Vitals for World {
    fn take(&self) -> Signs {
        *self.taken.lock() += 1;
        Signs {
            sockets: *self.sockets.lock(),
            rooms: 2,
            jobs: 3,
            database: ServiceState::Up(Duration::from_millis(1)),
            redis: None,
        }
    }
}

#[async_trait]
impl Reach for World {
    async fn probe(&self, address: &NodeAddress) -> Result<Duration, Unreachable> {
        assert_eq!(*address, node().address);
        self.found.lock().clone().map_or(Ok(Duration::from_millis(4)), Err)
    }
}

#[async_trait]
impl Instances for World {
    async fn beat(&self, instance: &Instance, life: Duration) -> Result<(), Unavailable> {
        self.gate.lock().await;
        self.answer()?;
        let mut listed = self.listed.lock();
        listed.retain(|other| other.id != instance.id);
        listed.push(instance.clone());
        self.lives.lock().push(life);
        Ok(())
    }

    async fn list(&self) -> Result<Vec<Instance>, Unavailable> {
        self.answer()?;
        Ok(self.listed.lock().clone())
    }

    async fn leave(&self, instance: InstanceId) -> Result<(), Unavailable> {
        self.answer()?;
        self.listed.lock().retain(|other| other.id != instance);
        Ok(())
    }
}
