//! This instance among the others, and the nodes that it looks after.

use std::time::Duration;

use tenon_cluster::{BEAT, Cluster, LOOK, Node, pause};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

/// How long the others are waited for when this instance goes. They find out anyway.
const FAREWELL: Duration = Duration::from_secs(1);

/// Says that this instance is there, at once and then without end.
pub async fn beat(cluster: Cluster) {
    let mut ticks = every(BEAT);
    let mut failing = false;
    loop {
        ticks.tick().await;
        let outcome = cluster.beat().await;
        match &outcome {
            Ok(()) => {}
            Err(error) if !failing => tracing::warn!(%error, "cannot tell the other instances of this one"),
            Err(_) => {}
        }
        failing = outcome.is_err();
    }
}

/// Looks who else is there, without end.
pub async fn look(cluster: Cluster) {
    let mut ticks = every(LOOK);
    loop {
        ticks.tick().await;
        match timeout(LOOK, cluster.look()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "cannot see the other instances"),
            Err(_) => {
                cluster.miss();
                tracing::debug!("seeing the other instances takes too long");
            }
        }
    }
}

/// Tries a node, at once and then without end.
pub async fn probe(cluster: Cluster, node: Node, interval: Duration) {
    loop {
        let begun = Instant::now();
        if let Some(standing) = cluster.probe(&node).await {
            let name = node.name.as_str();
            match &standing.found {
                Ok(_) => tracing::info!(node = name, "is reachable"),
                Err(why) => tracing::warn!(node = name, why = %why.0, "is not reachable"),
            }
        }
        // Without random numbers, instances that started together probe together.
        let random = getrandom::u32().unwrap_or_default();
        sleep_until(begun + pause(interval, random)).await;
    }
}

/// Tells the others that this instance goes.
pub async fn leave(cluster: &Cluster) {
    match timeout(FAREWELL, cluster.leave()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "cannot tell the other instances that this one goes"),
        Err(_) => tracing::debug!("there was no time to tell the other instances that this one goes"),
    }
}

/// Ticks at once and then each time that `period` is over.
fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
