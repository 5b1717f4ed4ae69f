//! The other instances, and the nodes.

use std::sync::Arc;

use tenon_cluster::{Cluster, ClusterConfig, ClusterPorts};
use tenon_http::{Health, OwnVitals, Queues, Sockets};
use tenon_kernel::Clock;
use tenon_nodes::{NetworkReach, StartError};
use tenon_sql::Store;

use super::coordination::Coordination;
use crate::configuration;

pub(super) fn cluster(
    settings: &configuration::Cluster,
    store: &Store,
    coordination: &Coordination,
    clock: &Arc<dyn Clock>,
    vitals: (&Arc<Sockets>, &Arc<Queues>, &Arc<Health>),
) -> Result<Cluster, StartError> {
    let (sockets, queues, health) = vitals;
    let ports = ClusterPorts {
        instances: coordination.instances(&store.instances),
        vitals: Arc::new(OwnVitals {
            sockets: Arc::clone(sockets),
            queues: Arc::clone(queues),
            health: Arc::clone(health),
        }),
        reach: Arc::new(NetworkReach::new(settings.probe_timeout)?),
        clock: Arc::clone(clock),
    };
    let config = ClusterConfig {
        version: env!("CARGO_PKG_VERSION"),
        nodes: settings.nodes.clone(),
    };
    Ok(Cluster::new(ports, config))
}
