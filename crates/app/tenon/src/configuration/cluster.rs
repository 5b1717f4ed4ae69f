use std::collections::HashSet;
use std::time::Duration;

use tenon_cluster::Node;

use super::reader::Reader;

/// What this instance looks after besides itself.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Their names differ.
    pub nodes: Vec<Node>,
    /// The longest time from one probe of a node to the next.
    pub probe_interval: Duration,
    /// How long a probe may take.
    pub probe_timeout: Duration,
}

impl Cluster {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let nodes = nodes(reader);
        let interval = reader.number("cluster.probe_seconds", 1..=86_400);
        let timeout = reader.number("cluster.probe_timeout_seconds", 1..=60);
        Some(Self {
            nodes: nodes?,
            probe_interval: Duration::from_secs(interval?),
            probe_timeout: Duration::from_secs(timeout?),
        })
    }
}

/// Complains of a node by its place in the list, because a wrong address may have a password in it.
fn nodes(reader: &mut Reader<'_>) -> Option<Vec<Node>> {
    const KEY: &str = "cluster.nodes";
    let texts = reader.list(KEY, "a name and an address", |text| Some(text.to_owned()))?;
    let mut names = HashSet::new();
    let mut nodes = Vec::new();
    for (number, text) in (1..).zip(&texts) {
        match Node::parse(text) {
            Ok(node) if names.insert(node.name.clone()) => nodes.push(node),
            Ok(_) => reader.refuse(KEY, format!("number {number}: another node has this name")),
            Err(invalid) => reader.refuse(KEY, format!("number {number}: {}", invalid.message)),
        }
    }
    (nodes.len() == texts.len()).then_some(nodes)
}
