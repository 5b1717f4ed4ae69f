#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use futures_util::lock::Mutex as Turn;
use tenon_kernel::{Clock, Timestamp, Unavailable};

use crate::changes::Changes;
use crate::{
    Changed, Instance, InstanceId, Instances, LIFE, Node, NodeState, Reach, Snapshot, Standing, Unreachable, Vitals,
};

/// What [`Cluster`] needs.
#[derive(Clone)]
pub struct ClusterPorts {
    pub instances: Arc<dyn Instances>,
    pub vitals: Arc<dyn Vitals>,
    pub reach: Arc<dyn Reach>,
    pub clock: Arc<dyn Clock>,
}

/// What is to be known of this instance, and what it looks after.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// Of Tenon: one word.
    pub version: &'static str,
    /// Their names differ.
    pub nodes: Vec<Node>,
}

/// Knows the instances and the nodes. Clones are cheap and stand for the same instance.
///
/// Nothing happens here by itself: whoever runs the instance calls [`Cluster::beat`] every [`BEAT`](crate::BEAT),
/// [`Cluster::look`] every [`LOOK`](crate::LOOK), and [`Cluster::probe`] for each node at its interval.
#[derive(Clone)]
pub struct Cluster(Arc<Shared>);

struct Shared {
    ports: ClusterPorts,
    id: InstanceId,
    /// Whether this instance leaves or has left. Set before it waits for its turn, because it may be given up while it waits.
    left: AtomicBool,
    /// Had by a beat, and by the leave that comes after it.
    turn: Turn<()>,
    known: Mutex<Known>,
    current: RwLock<Arc<Snapshot>>,
    changes: Changes,
}

/// What a snapshot is made of.
struct Known {
    /// As of the last beat or look.
    own: Instance,
    others: Vec<Other>,
    nodes: Vec<NodeState>,
}

struct Other {
    instance: Instance,
    /// When this instance heard of that beat, by its own clock.
    heard_at: Timestamp,
}

impl Cluster {
    /// An instance that starts now and knows of no other.
    pub fn new(ports: ClusterPorts, config: ClusterConfig) -> Self {
        let now = ports.clock.now();
        let unknown = |node| NodeState { node, standing: None };
        let nodes: Vec<NodeState> = config.nodes.into_iter().map(unknown).collect();
        let id = InstanceId::at(now);
        let own = Instance {
            id,
            version: config.version.to_owned(),
            started_at: now,
            seen_at: now,
            signs: ports.vitals.take(),
        };
        let first = Snapshot {
            update: 0,
            at: now,
            own: id,
            instances: vec![own.clone()],
            nodes: nodes.clone(),
        };
        Self(Arc::new(Shared {
            ports,
            id,
            left: AtomicBool::new(false),
            turn: Turn::new(()),
            known: Mutex::new(Known {
                own,
                others: Vec::new(),
                nodes,
            }),
            current: RwLock::new(Arc::new(first)),
            changes: Changes::default(),
        }))
    }

    /// What is known now. Costs a lock for the time of a pointer's copy.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let current = self.0.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }

    /// Waits for a snapshot of a later update than `update`, which is [`Snapshot::update`] of the last one that the caller has.
    /// An update is due when an instance comes or goes, when a node begins or ceases to be reachable, and with each beat.
    /// Updates that the caller had no time for are skipped.
    pub fn changed(&self, update: u64) -> Changed {
        Changed::new(self.clone(), update)
    }

    /// What this instance looks after.
    pub fn nodes(&self) -> Vec<Node> {
        self.known().nodes.iter().map(|state| state.node.clone()).collect()
    }

    /// Says that this instance is there, unless it has left. A beat that was on its way when it left is taken back, also when
    /// [`Cluster::leave`] did not wait for it.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the others cannot be told. The update is made nevertheless.
    pub async fn beat(&self) -> Result<(), Unavailable> {
        let turn = self.0.turn.lock().await;
        if self.has_left() {
            return Ok(());
        }
        let own = self.examine();
        let mut outcome = self.0.ports.instances.beat(&own, LIFE).await;
        if self.has_left() {
            outcome = self.0.ports.instances.leave(self.0.id).await;
        }
        drop(turn);
        self.publish(true);
        outcome
    }

    /// Looks who else is there.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when that cannot be had. Those whose last beat was heard of within [`LIFE`] stay known.
    pub async fn look(&self) -> Result<(), Unavailable> {
        match self.0.ports.instances.list().await {
            Ok(instances) => {
                self.known().hear(self.0.id, instances, self.0.ports.clock.now());
                self.examine();
                self.publish(false);
                Ok(())
            }
            Err(error) => {
                self.miss();
                Err(error)
            }
        }
    }

    /// What [`Cluster::look`] does when it fails, for a look that was given up because it took too long.
    pub fn miss(&self) {
        let now = self.0.ports.clock.now();
        self.known().others.retain(|other| other.heard_at.plus(LIFE) > now);
        self.examine();
        self.publish(false);
    }

    /// Tries whether a node can be reached. Returns how it stands if that is news: the first time, and when it was the other way
    /// the last time.
    pub async fn probe(&self, node: &Node) -> Option<Standing> {
        let found = self.0.ports.reach.probe(&node.address).await;
        let now = self.0.ports.clock.now();
        let news = self.known().note(node, found, now);
        self.publish(false);
        news
    }

    /// Says that this instance goes, once its last beat was said. It does not begin another after this was first polled, also
    /// when nobody waits for the end of this.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the others cannot be told; they find out after [`LIFE`].
    pub async fn leave(&self) -> Result<(), Unavailable> {
        self.0.left.store(true, Ordering::SeqCst);
        let _turn = self.0.turn.lock().await;
        self.0.ports.instances.leave(self.0.id).await
    }

    fn has_left(&self) -> bool {
        self.0.left.load(Ordering::SeqCst)
    }

    pub(crate) fn changes(&self) -> &Changes {
        &self.0.changes
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Every change is whole before anything can panic.
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks how this instance does. That counts what it has open, and so a probe goes without.
    fn examine(&self) -> Instance {
        let (now, signs) = (self.0.ports.clock.now(), self.0.ports.vitals.take());
        let mut known = self.known();
        known.own.seen_at = now;
        known.own.signs = signs;
        known.own.clone()
    }

    /// Makes the snapshot anew, and an update of it if one is `due`, or somebody came or went.
    fn publish(&self, due: bool) {
        let now = self.0.ports.clock.now();
        // One after the other, so that no snapshot is replaced by one that knew less.
        let known = self.known();
        let mut instances: Vec<Instance> = known.others.iter().map(|other| other.instance.clone()).collect();
        instances.push(known.own.clone());
        instances.sort_by_key(|instance| (instance.started_at, instance.id));
        let before = self.snapshot();
        let mut next = Snapshot {
            update: before.update,
            at: now,
            own: self.0.id,
            instances,
            nodes: known.nodes.clone(),
        };
        let due = due || !next.agrees_with(&before);
        if due {
            next.update += 1;
        }
        *self.0.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        drop(known);
        if due {
            self.0.changes.wake();
        }
    }
}

impl Known {
    /// Takes in who is there besides `own`.
    fn hear(&mut self, own: InstanceId, instances: Vec<Instance>, now: Timestamp) {
        let others = instances.into_iter().filter(|instance| instance.id != own);
        let heard = others.map(|instance| {
            let same = |other: &&Other| other.instance.id == instance.id && other.instance.seen_at == instance.seen_at;
            let before = self.others.iter().find(same).map(|other| other.heard_at);
            Other {
                instance,
                heard_at: before.unwrap_or(now),
            }
        });
        self.others = heard.collect();
    }

    /// Takes in what a probe found, and returns it if it is news.
    fn note(&mut self, node: &Node, found: Result<Duration, Unreachable>, now: Timestamp) -> Option<Standing> {
        let state = self.nodes.iter_mut().find(|state| state.node.name == node.name)?;
        let before = state.standing.take();
        let same = |before: &Standing| before.found.is_ok() == found.is_ok();
        let since = before.filter(same).map(|before| before.since);
        let standing = Standing {
            found,
            checked_at: now,
            since: since.unwrap_or(now),
        };
        state.standing = Some(standing.clone());
        since.is_none().then_some(standing)
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cluster").field(&self.0.id).finish()
    }
}
