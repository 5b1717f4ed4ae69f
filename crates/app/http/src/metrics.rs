//! What is counted, gathered when somebody asks. `docs/operations.md` lists all of it, and a test holds both equal.

mod instance;
mod process;
mod traffic;

use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub(crate) use traffic::{Asked, Traffic};

use crate::Api;

/// All that is counted, as it is now.
pub(crate) fn gather(api: &Api, traffic: &Traffic) -> Registry {
    let mut registry = Registry::default();
    registry.register("tenon", "What runs", Info::new([("version", api.settings.version)]));
    traffic.register(&mut registry);
    instance::register(api, &mut registry);
    api.sockets.sum_up();
    api.sockets.metrics.register(&mut registry);
    api.webhook.register(&mut registry);
    api.queues.register(&mut registry, api.clock.now());
    process::register(api, &mut registry);
    registry
}
