use std::collections::BTreeMap;

use super::TestApp;

/// What signs access tokens in every test.
pub const JWT_SECRET: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// What seals in every test.
pub const ENCRYPTION_KEY: &str = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

/// What the operator signs in with in every test.
pub const OPERATOR_PASSWORD: &str = "operators-plum-harbor-42";

/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9";

/// What a server stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setup {
    /// A SQLite file, and counters in the process.
    SqliteAlone,
    /// A Postgres database of its own, and Redis.
    PostgresWithRedis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RedisChoice {
    None,
    Shared,
    Own,
}

/// How to start a server.
#[derive(Debug, Clone)]
pub struct Options {
    pub(super) setup: Setup,
    pub(super) redis: RedisChoice,
    pub(super) through: Vec<String>,
    variables: BTreeMap<String, String>,
}

impl Setup {
    /// Starts a server with the usual options.
    pub async fn start(self) -> TestApp {
        TestApp::start(self.options()).await
    }

    /// The usual options: cheap password hashes, limits that nobody reaches, fixed secrets, clients that may choose
    /// their addresses, and patience with them.
    pub fn options(self) -> Options {
        let redis = match self {
            Self::SqliteAlone => RedisChoice::None,
            Self::PostgresWithRedis => RedisChoice::Shared,
        };
        let options = Options {
            setup: self,
            redis,
            through: Vec::new(),
            variables: BTreeMap::new(),
        };
        options
            .set("PORT", "0")
            .set("JWT_SECRET", JWT_SECRET)
            .set("ENCRYPTION_KEY", ENCRYPTION_KEY)
            .set("OPERATOR_PASSWORD", OPERATOR_PASSWORD)
            .set("TENON__LOG__FORMAT", "json")
            .set("TENON__AUTH__ARGON2_MEMORY_KIB", "8")
            .set("TENON__AUTH__ARGON2_PASSES", "1")
            .set("TENON__AUTH__HASHING_QUEUE", "1000")
            .set("TENON__DATABASE__CONNECTIONS", "4")
            .set("TENON__PROXIES__TRUSTED", "127.0.0.1")
            .limits(1_000_000, 1_000_000)
            .claims(1_000_000, 1_000_000)
            .set("TENON__LIMITS__KEY_CHANGES_PER_MINUTE", "1000000")
            .set("TENON__LIMITS__CONNECTIONS_PER_MINUTE", "1000000")
            // A socket that a test does not read for a while answers no ping.
            .set("TENON__SOCKETS__DEAD_SECONDS", "600")
            // No test calls Microsoft.
            .set("TENON__GRAPH__LOGIN_URL", NOWHERE)
            .set("TENON__GRAPH__API_URL", NOWHERE)
            .set("GRAPH_WEBHOOK_URL", "http://127.0.0.1:9/webhooks/graph")
    }
}

impl Options {
    /// Sets an environment variable of the server.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Requests a minute to routes that take credentials, and to others.
    #[must_use]
    pub fn limits(self, auth: u32, api: u32) -> Self {
        self.set("TENON__LIMITS__AUTH_PER_MINUTE", &auth.to_string())
            .set("TENON__LIMITS__API_PER_MINUTE", &api.to_string())
    }

    /// Claims of prekeys a minute, by one user and of one user.
    #[must_use]
    pub fn claims(self, by_claimer: u32, of_target: u32) -> Self {
        self.set("TENON__LIMITS__CLAIMS_PER_MINUTE", &by_claimer.to_string())
            .set("TENON__LIMITS__CLAIMS_OF_TARGET_PER_MINUTE", &of_target.to_string())
    }

    /// The limits and the cost of a hash that apply unless configured.
    #[must_use]
    pub fn default_limits(mut self) -> Self {
        for name in [
            "TENON__LIMITS__AUTH_PER_MINUTE",
            "TENON__LIMITS__API_PER_MINUTE",
            "TENON__LIMITS__KEY_CHANGES_PER_MINUTE",
            "TENON__LIMITS__CONNECTIONS_PER_MINUTE",
            "TENON__LIMITS__CLAIMS_PER_MINUTE",
            "TENON__LIMITS__CLAIMS_OF_TARGET_PER_MINUTE",
            "TENON__AUTH__ARGON2_MEMORY_KIB",
            "TENON__AUTH__ARGON2_PASSES",
        ] {
            self.variables.remove(name);
        }
        self
    }

    /// A Redis that nobody else uses, in place of the one that all tests share. Does nothing to a setup without Redis.
    #[must_use]
    pub fn own_redis(mut self) -> Self {
        if self.redis == RedisChoice::Shared {
            self.redis = RedisChoice::Own;
        }
        self
    }

    /// No Redis.
    #[must_use]
    pub fn without_redis(mut self) -> Self {
        self.redis = RedisChoice::None;
        self
    }

    /// A command that is given the server's as further arguments and becomes it, such as `env` or `strace -D`.
    #[must_use]
    pub fn through(mut self, command: &[&str]) -> Self {
        self.through = command.iter().map(ToString::to_string).collect();
        self
    }

    /// Starts a server.
    pub async fn start(self) -> TestApp {
        TestApp::start(self).await
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = (&String, &String)> {
        self.variables.iter()
    }
}

/// One test for each setup, `NAME::sqlite_alone` and `NAME::postgres_with_redis`, from one source that is given a
/// [`Setup`].
#[macro_export]
macro_rules! for_each_setup {
    ($name:ident, |$setup:ident| $story:block) => {
        async fn $name($setup: $crate::app::Setup) $story

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_alone() {
                super::$name($crate::app::Setup::SqliteAlone).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres_with_redis() {
                super::$name($crate::app::Setup::PostgresWithRedis).await;
            }
        }
    };
}
