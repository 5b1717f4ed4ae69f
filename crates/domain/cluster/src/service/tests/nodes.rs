use std::time::Duration;

use super::fakes::{World, node, now};
use crate::{Cluster, NodeState, Unreachable};

fn state(cluster: &Cluster) -> NodeState {
    cluster.snapshot().nodes.first().unwrap().clone()
}

fn refused() -> Unreachable {
    Unreachable("connection refused".into())
}

#[test]
fn nothing_is_said_of_a_node_before_its_first_probe() {
    let cluster = World::new().start();
    assert_eq!(cluster.nodes(), [node()]);
    assert_eq!(state(&cluster).is_reachable(), None);
}

#[test]
fn a_probe_tells_how_long_it_took_or_why_the_node_was_not_reached() {
    let world = World::new();
    let cluster = world.start();
    now(cluster.probe(&node()));
    assert_eq!(state(&cluster).standing.unwrap().found, Ok(Duration::from_millis(4)));
    *world.found.lock() = Some(refused());
    now(cluster.probe(&node()));
    assert_eq!(state(&cluster).standing.unwrap().found, Err(refused()));
}

#[test]
fn a_probe_shows_the_instance_as_it_was_looked_at_last_and_does_not_look_itself() {
    let world = World::new();
    let cluster = world.start();
    now(cluster.look()).unwrap();
    let (taken, own) = (*world.taken.lock(), cluster.snapshot().instances.clone());
    world.pass(1);
    *world.sockets.lock() = 12;
    now(cluster.probe(&node()));
    assert_eq!((*world.taken.lock(), &cluster.snapshot().instances), (taken, &own));
    now(cluster.look()).unwrap();
    assert_eq!(cluster.snapshot().instances.first().unwrap().signs.sockets, 12);
}

#[test]
fn a_node_keeps_the_time_of_its_last_change_until_it_changes() {
    let world = World::new();
    let cluster = world.start();
    let begun = cluster.snapshot().at;
    let times = |cluster: &Cluster| {
        let standing = state(cluster).standing.unwrap();
        let seconds = |at: tenon_kernel::Timestamp| at.since(begun).as_secs();
        (seconds(standing.since), seconds(standing.checked_at))
    };
    assert!(now(cluster.probe(&node())).is_some());
    assert_eq!(times(&cluster), (0, 0));
    world.pass(10);
    assert!(now(cluster.probe(&node())).is_none());
    assert_eq!(times(&cluster), (0, 10));
    world.pass(10);
    *world.found.lock() = Some(refused());
    assert_eq!(now(cluster.probe(&node())).unwrap().found, Err(refused()));
    assert_eq!(times(&cluster), (20, 20));
    world.pass(10);
    *world.found.lock() = Some(Unreachable("timed out".into()));
    assert!(now(cluster.probe(&node())).is_none());
    assert_eq!(times(&cluster), (20, 30));
    *world.found.lock() = None;
    assert!(now(cluster.probe(&node())).is_some());
    assert_eq!(times(&cluster), (30, 30));
}
