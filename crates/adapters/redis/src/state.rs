use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::RwLock;
use redis::RedisError;
use redis::aio::MultiplexedConnection;

/// A connection and which one it is, so that a late failure of an earlier one does not close it.
#[derive(Clone)]
pub struct Live {
    pub connection: MultiplexedConnection,
    generation: u64,
}

/// Whether there is a server to ask: the circuit breaker. Without a connection nothing is tried until the watch has made
/// a new one.
#[derive(Default)]
pub struct State {
    live: RwLock<Option<Live>>,
    generations: AtomicU64,
    degraded: AtomicBool,
    outages: AtomicU64,
}

impl State {
    pub fn live(&self) -> Option<Live> {
        self.live.read().clone()
    }

    pub fn degraded(&self) -> bool {
        self.degraded.load(Ordering::Relaxed)
    }

    pub fn outages(&self) -> u64 {
        self.outages.load(Ordering::Relaxed)
    }

    pub fn opened(&self, connection: MultiplexedConnection) {
        let generation = self.generations.fetch_add(1, Ordering::Relaxed);
        *self.live.write() = Some(Live { connection, generation });
        self.recover();
    }

    /// A command of this connection did what it should.
    pub fn answered(&self, by: &Live) {
        if self.degraded() && self.is_current(by) {
            self.recover();
        }
    }

    /// A command of this connection failed. A server that answers, if only with an error, makes nobody wait, so that the
    /// connection stays.
    pub fn failed(&self, by: &Live, error: &RedisError) {
        if error.is_io_error() || error.is_unrecoverable_error() {
            let mut live = self.live.write();
            if live.as_ref().is_some_and(|live| live.generation == by.generation) {
                *live = None;
            }
        }
        self.degrade(error);
    }

    /// Says once per outage that there is one.
    pub fn degrade(&self, error: &RedisError) {
        if !self.degraded.swap(true, Ordering::Relaxed) {
            self.outages.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(error = %error, "redis failed; counting in process until it is back");
        }
    }

    fn recover(&self) {
        if self.degraded.swap(false, Ordering::Relaxed) {
            tracing::info!("redis is back");
        }
    }

    fn is_current(&self, live: &Live) -> bool {
        self.live
            .read()
            .as_ref()
            .is_some_and(|current| current.generation == live.generation)
    }
}
