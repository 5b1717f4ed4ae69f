//! The state of what Tenon depends on, looked at in the background, so that asking for it costs nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use parking_lot::Mutex;
use tenon_kernel::{Probe, ServiceState};
use tokio::time::{sleep, timeout};

const EVERY: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(1);

/// Knows how the services do.
///
/// [`Health::look`] should be awaited once before the server listens, and [`Health::run`] be spawned; until a service was
/// looked at it counts as down.
pub struct Health {
    watched: Vec<Watched>,
    limits_degraded: Option<Box<dyn Fn() -> bool + Send + Sync>>,
    draining: AtomicBool,
    answering: AtomicUsize,
    started: Instant,
}

/// A request that is being answered.
pub(crate) struct Answering(Arc<Health>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Watched {
    probe: Arc<dyn Probe>,
    needed: bool,
    state: Mutex<ServiceState>,
}

impl Health {
    /// Watches services that requests cannot do without, and such that they can.
    pub fn new(needed: Vec<Arc<dyn Probe>>, useful: Vec<Arc<dyn Probe>>) -> Self {
        let watch = |needed| {
            move |probe| Watched {
                probe,
                needed,
                state: Mutex::new(ServiceState::Down),
            }
        };
        let useful = useful.into_iter().map(watch(false));
        Self {
            watched: needed.into_iter().map(watch(true)).chain(useful).collect(),
            limits_degraded: None,
            draining: AtomicBool::new(false),
            answering: AtomicUsize::new(0),
            started: Instant::now(),
        }
    }

    /// Shows under `redis` whether rate limits are counted in the process instead, as `degraded` says.
    #[must_use]
    pub fn with_limits(mut self, degraded: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.limits_degraded = Some(Box::new(degraded));
        self
    }

    /// Says from now on that this instance is not ready, so that no new requests are sent to it.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether this instance is stopping.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Counts a request that is being answered, until what is returned goes.
    pub(crate) fn answering(self: &Arc<Self>) -> Answering {
        self.answering.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(self))
    }

    /// Whether a request is being answered.
    pub(crate) fn is_answering(&self) -> bool {
        self.requests() > 0
    }

    /// How many requests are being answered.
    pub(crate) fn requests(&self) -> u64 {
        u64::try_from(self.answering.load(Ordering::Relaxed)).unwrap_or(u64::MAX)
    }

    /// Looks at every service once. Takes a second at most.
    pub async fn look(&self) {
        join_all(self.watched.iter().map(Watched::look)).await;
    }

    /// Looks at every service, twice a second, for good.
    pub async fn run(&self) {
        loop {
            self.look().await;
            sleep(EVERY).await;
        }
    }

    /// Whether every service is up.
    pub fn is_healthy(&self) -> bool {
        self.watched.iter().all(Watched::is_up)
    }

    /// Whether requests should be sent here: every needed service is up, and the instance is not stopping.
    pub fn is_ready(&self) -> bool {
        !self.is_draining() && self.watched.iter().all(|watched| watched.is_up() || !watched.needed)
    }

    /// The time since this was made.
    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// How each service was when last looked at.
    pub fn services(&self) -> impl Iterator<Item = (&'static str, ServiceState)> {
        self.watched
            .iter()
            .map(|watched| (watched.probe.name(), *watched.state.lock()))
    }

    /// Whether rate limits are counted in the process although they should be shared; nothing when they need not be.
    pub fn limits_degraded(&self) -> Option<bool> {
        self.limits_degraded.as_ref().map(|degraded| degraded())
    }
}

impl Watched {
    async fn look(&self) {
        let found = timeout(PATIENCE, self.probe.look()).await.unwrap_or(ServiceState::Down);
        let before = std::mem::replace(&mut *self.state.lock(), found);
        let service = self.probe.name();
        match (before, found) {
            (ServiceState::Up(_), ServiceState::Down) => tracing::warn!(service, "is down"),
            (ServiceState::Down, ServiceState::Up(_)) => tracing::info!(service, "is up"),
            (ServiceState::Up(_), ServiceState::Up(_)) | (ServiceState::Down, ServiceState::Down) => {}
        }
    }

    fn is_up(&self) -> bool {
        matches!(*self.state.lock(), ServiceState::Up(_))
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;

    struct Fixed(&'static str, ServiceState);

    #[async_trait]
    impl Probe for Fixed {
        fn name(&self) -> &'static str {
            self.0
        }

        async fn look(&self) -> ServiceState {
            self.1
        }
    }

    fn probe(name: &'static str, up: bool) -> Vec<Arc<dyn Probe>> {
        let state = if up {
            ServiceState::Up(Duration::from_millis(1))
        } else {
            ServiceState::Down
        };
        vec![Arc::new(Fixed(name, state))]
    }

    #[actix_web::test]
    async fn an_instance_is_ready_without_what_it_can_do_without() {
        let health = Health::new(probe("database", true), probe("redis", false));
        assert!(!health.is_ready());
        health.look().await;
        assert!(health.is_ready() && !health.is_healthy());
    }

    #[actix_web::test]
    async fn an_instance_without_its_database_or_about_to_stop_is_not_ready() {
        let health = Health::new(probe("database", false), probe("redis", true));
        health.look().await;
        assert!(!health.is_ready());
        let health = Health::new(probe("database", true), Vec::new());
        health.look().await;
        health.drain();
        assert!(!health.is_ready() && health.is_healthy());
    }
}
