//! On what it all stands.

use tenon_tests::app::{Options, Setup};

/// The kinds of installation that are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// One instance on a SQLite file.
    SqliteAlone,
    /// Three instances on one Postgres and one Redis.
    PostgresWithRedis,
    /// Two instances on one Postgres.
    PostgresAlone,
}

impl Stand {
    pub const ALL: [Self; 3] = [Self::SqliteAlone, Self::PostgresWithRedis, Self::PostgresAlone];

    pub const fn instances(self) -> usize {
        match self {
            Self::SqliteAlone => 1,
            Self::PostgresWithRedis => 3,
            Self::PostgresAlone => 2,
        }
    }

    pub const fn has_postgres(self) -> bool {
        !matches!(self, Self::SqliteAlone)
    }

    pub const fn has_redis(self) -> bool {
        matches!(self, Self::PostgresWithRedis)
    }

    /// Whether instances hear one another's events.
    pub const fn shares_rooms(self) -> bool {
        matches!(self, Self::SqliteAlone | Self::PostgresWithRedis)
    }

    /// The test that runs it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SqliteAlone => "sqlite_alone",
            Self::PostgresWithRedis => "postgres_with_redis",
            Self::PostgresAlone => "postgres_alone",
        }
    }

    /// How its instances are started; limits are such that nobody reaches them, and rooms keep all that is said.
    pub fn options(self) -> Options {
        let options = match self {
            Self::SqliteAlone => Setup::SqliteAlone.options(),
            Self::PostgresWithRedis => Setup::PostgresWithRedis.options().own_redis(),
            Self::PostgresAlone => Setup::PostgresWithRedis.options().without_redis(),
        };
        options
            .set("TENON__LOG__LEVEL", "warn,tenon::commands=info")
            .set("TENON__SOCKETS__FRAMES_PER_MINUTE", "1000000")
            .set("TENON__SOCKETS__PER_USER", "100000")
            .set("TENON__SOCKETS__HISTORY_EVENTS", "10000")
            .set("TENON__LIMITS__MESSAGES_PER_SECOND", "1000000")
    }
}
