//! The instances of an installation as they see one another, and the nodes that they look after.
//!
//! Every instance beats: it says in a place that all share that it is there and how it does. Whoever is not heard of for
//! [`LIFE`] is there no more. Each instance tries for itself whether the configured nodes can be reached. [`Cluster`] is the
//! service.

mod address;
mod changes;
mod instance;
mod node;
mod ports;
mod rhythm;
mod service;
mod snapshot;

pub use address::NodeAddress;
pub use changes::Changed;
pub use instance::{Instance, InstanceId, Signs};
pub use node::{Node, NodeName};
pub use ports::{Instances, Reach, Unreachable, Vitals};
pub use rhythm::{BEAT, LIFE, LOOK, pause};
pub use service::{Cluster, ClusterConfig, ClusterPorts};
pub use snapshot::{NodeState, Snapshot, Standing};
