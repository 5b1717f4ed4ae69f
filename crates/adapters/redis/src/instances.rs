mod wire;

use std::time::Duration;

use async_trait::async_trait;
use redis::Script;
use tenon_cluster::{Instance, InstanceId, Instances};
use tenon_kernel::Unavailable;

use crate::Redis;
use crate::connection::unavailable;
use crate::kept::millis;

/// The two keys, in one slot of a cluster.
const ENDS: &str = "tenon:{instances}:ends";
const STATES: &str = "tenon:{instances}:states";

/// Knows the instances of an installation.
///
/// `tenon:{instances}:ends` is a sorted set of ids, scored by the time in milliseconds since 1970, by the server's clock, at
/// which each is gone; `tenon:{instances}:states` is a hash of what each said of itself last.
pub struct RedisInstances {
    redis: Redis,
    beat: Script,
    list: Script,
    leave: Script,
}

impl RedisInstances {
    /// The instances that use this server.
    pub fn new(redis: Redis) -> Self {
        Self {
            redis,
            beat: Script::new(include_str!("instances/beat.lua")),
            list: Script::new(include_str!("instances/list.lua")),
            leave: Script::new(include_str!("instances/leave.lua")),
        }
    }
}

#[async_trait]
impl Instances for RedisInstances {
    async fn beat(&self, instance: &Instance, life: Duration) -> Result<(), Unavailable> {
        let mut script = self.beat.key(ENDS);
        script
            .key(STATES)
            .arg(instance.id.to_string())
            .arg(millis(life))
            .arg(wire::written(instance));
        self.redis.run(&script).await.ok_or_else(unavailable)
    }

    async fn list(&self) -> Result<Vec<Instance>, Unavailable> {
        let mut script = self.list.key(ENDS);
        script.key(STATES);
        let states: Vec<(String, String)> = self.redis.run(&script).await.ok_or_else(unavailable)?;
        // What another version says otherwise is left out rather than in the way of the rest.
        let read = states.iter().filter_map(|(id, state)| wire::read(id, state));
        let mut instances: Vec<Instance> = read.collect();
        instances.sort_by_key(|instance| (instance.started_at, instance.id));
        Ok(instances)
    }

    async fn leave(&self, instance: InstanceId) -> Result<(), Unavailable> {
        let mut script = self.leave.key(ENDS);
        script.key(STATES).arg(instance.to_string());
        self.redis.run(&script).await.ok_or_else(unavailable)
    }
}
