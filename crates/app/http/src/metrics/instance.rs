use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tenon_kernel::ServiceState;

use crate::Api;

type Named = [(&'static str, String); 1];
type Count = Family<Named, Gauge>;
type Seconds = Family<Named, Gauge<f64, AtomicU64>>;

/// How the instance does, what it depends on and what it looks after.
pub(super) fn register(api: &Api, registry: &mut Registry) {
    let health = &api.health;
    let single = |value: u64| {
        let gauge = Gauge::default();
        gauge.set(number(value));
        gauge
    };
    let requests: Gauge = single(health.requests());
    registry.register(
        "tenon_http_requests_in_flight",
        "Requests that are being answered",
        requests,
    );
    let draining: Gauge = single(health.is_draining().into());
    registry.register("tenon_draining", "Whether this instance is stopping", draining);
    let degraded: Gauge = single(health.limits_degraded().unwrap_or(false).into());
    registry.register(
        "tenon_limits_degraded",
        "Whether requests are counted in the process because Redis does not answer",
        degraded,
    );
    services(api, registry);
    pools(api, registry);
    cluster(api, registry);
}

fn services(api: &Api, registry: &mut Registry) {
    let (up, seconds) = (Count::default(), Seconds::default());
    for (service, state) in api.health.services() {
        let took = match state {
            ServiceState::Up(took) => Some(took),
            ServiceState::Down => None,
        };
        note(&up, &seconds, ("service", service.to_owned()), took);
    }
    registry.register("tenon_service_up", "Whether a service answers", up);
    registry.register(
        "tenon_service_latency_seconds",
        "How long its last answer took, while it answers",
        seconds,
    );
}

fn pools(api: &Api, registry: &mut Registry) {
    let [capacity, busy, waiting] = [(); 3].map(|()| Count::default());
    for load in api.pools.iter().flat_map(|pools| pools.loads()) {
        let pool = [("pool", load.of.to_owned())];
        capacity.get_or_create(&pool).set(number(load.capacity));
        busy.get_or_create(&pool).set(number(load.busy));
        waiting.get_or_create(&pool).set(number(load.waiting));
    }
    registry.register(
        "tenon_pool_capacity",
        "What a pool can do at a time: connections, the writer of SQLite, threads that hash passwords",
        capacity,
    );
    registry.register("tenon_pool_busy", "What it is doing", busy);
    registry.register("tenon_pool_waiting", "What waits for its turn", waiting);
}

fn cluster(api: &Api, registry: &mut Registry) {
    let snapshot = api.cluster.snapshot();
    let instances: Gauge = Gauge::default();
    instances.set(i64::try_from(snapshot.instances.len()).unwrap_or(i64::MAX));
    registry.register(
        "tenon_instances",
        "Instances of the installation that this one knows of, itself included",
        instances,
    );
    let (up, seconds) = (Count::default(), Seconds::default());
    for state in &snapshot.nodes {
        let Some(standing) = &state.standing else { continue };
        let took = standing.found.as_ref().ok().copied();
        note(&up, &seconds, ("node", state.node.name.to_string()), took);
    }
    registry.register("tenon_node_up", "Whether a configured node was reached", up);
    registry.register(
        "tenon_node_latency_seconds",
        "How long that took, while it is reached",
        seconds,
    );
}

fn note(up: &Count, seconds: &Seconds, name: (&'static str, String), took: Option<Duration>) {
    let label = [name];
    up.get_or_create(&label).set(took.is_some().into());
    if let Some(took) = took {
        seconds.get_or_create(&label).set(took.as_secs_f64());
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
