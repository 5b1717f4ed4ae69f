//! What can be broken.

use super::stand::Stand;

/// A way of breaking something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// kill -9 of an instance, and its start on the same data.
    InstanceKilled,
    /// kill -9 of all of them at once.
    InstancesKilled,
    /// SIGTERM, and the start on the same data.
    InstanceStopped,
    /// SIGSTOP, and SIGCONT.
    InstancePaused,
    PostgresKilled,
    PostgresRestarted,
    PostgresPaused,
    RedisKilled,
    RedisRestarted,
    RedisPaused,
    RedisFlushed,
    /// All connections of clients to an instance end at once.
    ConnectionsCut,
    /// Each connection of clients to an instance ends in the middle of something.
    ConnectionsTorn,
    /// What clients and an instance say to one another arrives late.
    LineSlow,
    /// It does not arrive until later.
    LineBlocked,
    /// Files do not grow any more.
    DiskFull,
    /// Writes to files fail: no space.
    WritesFail,
    /// What was written cannot be synced.
    SyncsFail,
    /// Syncs take long.
    DiskSlow,
    ClockAhead,
    ClockBack,
}

/// What two faults at the same time must not have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Instances, or what they cannot start without.
    Servers,
    Redis,
    Lines,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::InstanceKilled,
        Self::InstancesKilled,
        Self::InstanceStopped,
        Self::InstancePaused,
        Self::PostgresKilled,
        Self::PostgresRestarted,
        Self::PostgresPaused,
        Self::RedisKilled,
        Self::RedisRestarted,
        Self::RedisPaused,
        Self::RedisFlushed,
        Self::ConnectionsCut,
        Self::ConnectionsTorn,
        Self::LineSlow,
        Self::LineBlocked,
        Self::DiskFull,
        Self::WritesFail,
        Self::SyncsFail,
        Self::DiskSlow,
        Self::ClockAhead,
        Self::ClockBack,
    ];

    /// Whether it can happen there, on a machine that can do all of it.
    pub const fn fits(self, stand: Stand) -> bool {
        match self {
            Self::PostgresKilled | Self::PostgresRestarted | Self::PostgresPaused => stand.has_postgres(),
            Self::RedisKilled | Self::RedisRestarted | Self::RedisPaused | Self::RedisFlushed => stand.has_redis(),
            Self::DiskFull | Self::WritesFail => !stand.has_postgres(),
            Self::InstancesKilled => stand.instances() > 1,
            _ => true,
        }
    }

    pub const fn target(self) -> Target {
        match self {
            Self::ConnectionsCut | Self::ConnectionsTorn | Self::LineSlow | Self::LineBlocked => Target::Lines,
            Self::RedisKilled | Self::RedisRestarted | Self::RedisPaused | Self::RedisFlushed => Target::Redis,
            _ => Target::Servers,
        }
    }

    /// Whether a process is killed.
    pub const fn is_kill(self) -> bool {
        matches!(
            self,
            Self::InstanceKilled | Self::InstancesKilled | Self::PostgresKilled | Self::RedisKilled
        )
    }

    /// In words, for schedules and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InstanceKilled => "instance killed (-9)",
            Self::InstancesKilled => "all instances killed (-9)",
            Self::InstanceStopped => "instance stopped (SIGTERM)",
            Self::InstancePaused => "instance paused (SIGSTOP)",
            Self::PostgresKilled => "Postgres killed (-9)",
            Self::PostgresRestarted => "Postgres restarted",
            Self::PostgresPaused => "Postgres paused (SIGSTOP)",
            Self::RedisKilled => "Redis killed (-9)",
            Self::RedisRestarted => "Redis restarted",
            Self::RedisPaused => "Redis paused (SIGSTOP)",
            Self::RedisFlushed => "Redis flushed",
            Self::ConnectionsCut => "connections cut",
            Self::ConnectionsTorn => "connections cut within bytes",
            Self::LineSlow => "latency",
            Self::LineBlocked => "line blocked",
            Self::DiskFull => "files at their limit",
            Self::WritesFail => "writes fail (ENOSPC)",
            Self::SyncsFail => "syncs fail (EIO)",
            Self::DiskSlow => "slow disk",
            Self::ClockAhead => "clock set ahead",
            Self::ClockBack => "clock set back",
        }
    }
}
