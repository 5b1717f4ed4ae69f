use std::time::Duration;

use serde::Serialize;
use tenon_cluster::{Instance, NodeState, Signs, Snapshot};
use tenon_kernel::ServiceState;
use utoipa::ToSchema;

use super::{IdText, Stamp};

/// The instances of this installation and the nodes that they look after, as the instance that answers knows them.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClusterView<'a> {
    /// Those that started first before the others.
    instances: Vec<InstanceView<'a>>,
    /// As they are configured.
    nodes: Vec<NodeView<'a>>,
    /// When this was known.
    #[schema(value_type = String, format = DateTime)]
    at: Stamp,
}

/// An instance as it told of itself some seconds ago.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InstanceView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(example = "0.1.0")]
    version: &'a str,
    #[schema(value_type = String, format = DateTime)]
    started_at: Stamp,
    /// How long it had been there when it told of itself.
    uptime_seconds: f64,
    /// Open ones.
    sockets: u64,
    /// Those that have sockets there, counted in each worker.
    rooms: u64,
    /// Those that wait in all queues together.
    jobs: u64,
    database: ServiceStateView,
    /// `null` when it is not used.
    #[schema(required = true)]
    redis: Option<ServiceStateView>,
    /// Whether it is the one that answers.
    #[serde(rename = "self")]
    own: bool,
}

/// How a service did when the instance last looked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ServiceStateView {
    /// `up` or `down`.
    #[schema(example = "up")]
    status: &'static str,
    /// How long it took to answer, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    latency_ms: Option<f64>,
}

/// A node, and what the last probe of it found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NodeView<'a> {
    #[schema(example = "gate")]
    name: &'a str,
    /// `tcp://host:port`, or an `http` or `https` URL.
    #[schema(example = "tcp://10.0.0.7:9100")]
    address: &'a str,
    /// `null` before the first probe.
    #[schema(required = true)]
    reachable: Option<bool>,
    /// How long it took to reach it, in milliseconds.
    #[schema(required = true)]
    latency_ms: Option<f64>,
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    checked_at: Option<Stamp>,
    /// Since when it is reachable without interruption, or is not.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    changed_at: Option<Stamp>,
    /// Why it was not reached.
    #[schema(required = true)]
    error: Option<&'a str>,
}

impl<'a> ClusterView<'a> {
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let instance = |instance| InstanceView::of(instance, snapshot);
        Self {
            instances: snapshot.instances.iter().map(instance).collect(),
            nodes: snapshot.nodes.iter().map(NodeView::of).collect(),
            at: Stamp(snapshot.at),
        }
    }
}

impl<'a> InstanceView<'a> {
    fn of(instance: &'a Instance, snapshot: &Snapshot) -> Self {
        let Signs {
            sockets,
            rooms,
            jobs,
            database,
            redis,
        } = instance.signs;
        Self {
            id: IdText::of(instance.id),
            version: &instance.version,
            started_at: Stamp(instance.started_at),
            uptime_seconds: (instance.uptime().as_secs_f64() * 1000.0).round() / 1000.0,
            sockets,
            rooms,
            jobs,
            database: ServiceStateView::of(database),
            redis: redis.map(ServiceStateView::of),
            own: instance.id == snapshot.own,
        }
    }
}

impl ServiceStateView {
    fn of(state: ServiceState) -> Self {
        let (status, latency_ms) = match state {
            ServiceState::Up(latency) => ("up", Some(millis(latency))),
            ServiceState::Down => ("down", None),
        };
        Self { status, latency_ms }
    }
}

impl<'a> NodeView<'a> {
    fn of(state: &'a NodeState) -> Self {
        let standing = state.standing.as_ref();
        let found = standing.map(|standing| standing.found.as_ref());
        Self {
            name: state.node.name.as_str(),
            address: state.node.address.as_str(),
            reachable: state.is_reachable(),
            latency_ms: found.and_then(Result::ok).copied().map(millis),
            checked_at: standing.map(|standing| Stamp(standing.checked_at)),
            changed_at: standing.map(|standing| Stamp(standing.since)),
            error: found.and_then(Result::err).map(|why| why.0.as_ref()),
        }
    }
}

fn millis(span: Duration) -> f64 {
    span.as_micros() as f64 / 1000.0
}
