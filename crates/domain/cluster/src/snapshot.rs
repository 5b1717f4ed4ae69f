use std::time::Duration;

use tenon_kernel::Timestamp;

use crate::{Instance, InstanceId, Node, Unreachable};

/// What the last probe of a node found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How long it took to reach it, or why it was not.
    pub found: Result<Duration, Unreachable>,
    pub checked_at: Timestamp,
    /// Since when it is reachable without interruption, or is not, as far as this instance knows.
    pub since: Timestamp,
}

/// A node, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeState {
    pub node: Node,
    /// Nothing before the first probe.
    pub standing: Option<Standing>,
}

impl NodeState {
    /// Whether it was reached; nothing before the first probe.
    pub fn is_reachable(&self) -> Option<bool> {
        self.standing.as_ref().map(|standing| standing.found.is_ok())
    }
}

/// What an instance knows of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Which update this belongs to; see [`Cluster::changed`](crate::Cluster::changed).
    pub update: u64,
    /// When it was made.
    pub at: Timestamp,
    /// The instance whose knowledge this is. It is always among the instances.
    pub own: InstanceId,
    /// Those that started first before the others.
    pub instances: Vec<Instance>,
    /// As they were configured.
    pub nodes: Vec<NodeState>,
}

impl Snapshot {
    /// Whether the same instances are there in both, and the same nodes can be reached.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        let instances = |snapshot: &Self| snapshot.instances.iter().map(|one| one.id).collect::<Vec<_>>();
        let nodes = |snapshot: &Self| snapshot.nodes.iter().map(NodeState::is_reachable).collect::<Vec<_>>();
        instances(self) == instances(other) && nodes(self) == nodes(other)
    }
}
