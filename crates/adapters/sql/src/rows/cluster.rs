use std::time::Duration;

use diesel::prelude::*;
use tenon_cluster::{Instance, InstanceId, Signs};
use tenon_kernel::{ServiceState, Timestamp};

use super::sound;
use crate::schema::instances;
use crate::types::{At, Key};

#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(treat_none_as_default_value = false, table_name = instances, treat_none_as_null = true)]
pub struct InstanceRow {
    id: Key<InstanceId>,
    version: String,
    started_at: At,
    seen_at: At,
    gone_at: At,
    sockets: i64,
    rooms: i64,
    jobs: i64,
    database_micros: Option<i64>,
    redis_used: bool,
    redis_micros: Option<i64>,
}

impl InstanceRow {
    /// An instance that is there until `gone_at`, by the clock of the database.
    pub fn new(instance: &Instance, gone_at: Timestamp) -> Self {
        let signs = &instance.signs;
        Self {
            id: Key(instance.id),
            version: instance.version.clone(),
            started_at: At(instance.started_at),
            seen_at: At(instance.seen_at),
            gone_at: At(gone_at),
            sockets: number(signs.sockets),
            rooms: number(signs.rooms),
            jobs: number(signs.jobs),
            database_micros: micros(signs.database),
            redis_used: signs.redis.is_some(),
            redis_micros: signs.redis.and_then(micros),
        }
    }

    pub fn into_instance(self) -> QueryResult<Instance> {
        let state = |micros: Option<i64>| match micros {
            Some(micros) => sound(u64::try_from(micros).map(Duration::from_micros).map(ServiceState::Up)),
            None => Ok(ServiceState::Down),
        };
        Ok(Instance {
            id: self.id.0,
            version: self.version,
            started_at: self.started_at.0,
            seen_at: self.seen_at.0,
            signs: Signs {
                sockets: sound(u64::try_from(self.sockets))?,
                rooms: sound(u64::try_from(self.rooms))?,
                jobs: sound(u64::try_from(self.jobs))?,
                database: state(self.database_micros)?,
                redis: self.redis_used.then(|| state(self.redis_micros)).transpose()?,
            },
        })
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn micros(state: ServiceState) -> Option<i64> {
    match state {
        ServiceState::Up(latency) => Some(i64::try_from(latency.as_micros()).unwrap_or(i64::MAX)),
        ServiceState::Down => None,
    }
}
