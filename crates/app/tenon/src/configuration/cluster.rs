use std::collections::HashSet;
use std::time::Duration;

use tenon_cluster::Node;

use super::reader::Reader;

const TIMEOUT: &str = "cluster.probe_timeout_seconds";

/// What this instance looks after besides itself.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Their names differ.
    pub nodes: Vec<Node>,
    /// The longest time from one probe of a node to the next.
    pub probe_interval: Duration,
    /// How long a probe may take: not longer than that.
    pub probe_timeout: Duration,
}

impl Cluster {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let nodes = nodes(reader);
        let interval = reader.number("cluster.probe_seconds", 1..=86_400);
        let timeout = reader.number(TIMEOUT, 1..=60);
        if let (Some(interval), Some(timeout)) = (interval, timeout)
            && timeout > interval
        {
            let told = format!("is {timeout}, and must not be more than cluster.probe_seconds, which is {interval}");
            reader.refuse(TIMEOUT, told);
        }
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

#[cfg(test)]
mod tests {
    use super::super::{Configuration, Problems, Settings, Variables};

    fn load(nodes: &str) -> Result<Settings, Problems> {
        let variables = Variables::from([("TENON__CLUSTER__NODES", nodes)]);
        Configuration::load(None, &variables).map(|configuration| configuration.settings)
    }

    #[test]
    fn nothing_is_looked_after_unless_it_is_configured() {
        let cluster = load("").unwrap().cluster;
        assert!(cluster.nodes.is_empty());
        let seconds = (cluster.probe_interval.as_secs(), cluster.probe_timeout.as_secs());
        assert_eq!(seconds, (10, 2));
    }

    #[test]
    fn nodes_keep_their_order_and_their_addresses() {
        let cluster = load("printer=10.0.0.8:9100, gate = https://gate.example.org/health")
            .unwrap()
            .cluster;
        let nodes: Vec<String> = cluster
            .nodes
            .iter()
            .map(|node| format!("{} {}", node.name, node.address))
            .collect();
        assert_eq!(
            nodes,
            ["printer tcp://10.0.0.8:9100", "gate https://gate.example.org/health"]
        );
    }

    #[test]
    fn every_wrong_node_is_told_by_its_place_and_no_password_is_shown() {
        let problems = load("a=h:1,printer,b=ftp://h/,c=http://me:hunter2@h/,a=h:2,=h:3").unwrap_err();
        let told = problems.to_string();
        let numbers: Vec<&str> = told
            .lines()
            .map(|line| line.strip_prefix("cluster.nodes: number ").unwrap())
            .filter_map(|line| line.split(':').next())
            .collect();
        assert_eq!(numbers, ["2", "3", "4", "5", "6"], "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn times_that_make_no_sense_are_refused() {
        for (name, value) in [
            ("TENON__CLUSTER__PROBE_SECONDS", "0"),
            ("TENON__CLUSTER__PROBE_TIMEOUT_SECONDS", "61"),
        ] {
            let problems = Configuration::load(None, &Variables::from([(name, value)])).unwrap_err();
            assert!(
                problems.to_string().contains("is not a whole number from 1"),
                "{problems}"
            );
        }
    }

    #[test]
    fn a_probe_that_may_take_longer_than_its_interval_is_refused_whichever_of_both_is_a_default() {
        let load = |interval: &str, timeout: &str| {
            let variables = [
                ("TENON__CLUSTER__PROBE_SECONDS", interval),
                ("TENON__CLUSTER__PROBE_TIMEOUT_SECONDS", timeout),
            ];
            let given = variables.into_iter().filter(|(_, value)| !value.is_empty());
            Configuration::load(None, &given.collect())
        };
        for (interval, timeout, told) in [
            (
                "3",
                "4",
                "is 4, and must not be more than cluster.probe_seconds, which is 3",
            ),
            (
                "1",
                "",
                "is 2, and must not be more than cluster.probe_seconds, which is 1",
            ),
            (
                "",
                "11",
                "is 11, and must not be more than cluster.probe_seconds, which is 10",
            ),
        ] {
            let problems = load(interval, timeout).unwrap_err().to_string();
            let expected = format!("cluster.probe_timeout_seconds: {told} (from ");
            assert!(
                problems.starts_with(&expected) && problems.lines().count() == 1,
                "{problems}"
            );
        }
        let cluster = load("3", "3").unwrap().settings.cluster;
        assert_eq!(cluster.probe_interval, cluster.probe_timeout);
    }
}
