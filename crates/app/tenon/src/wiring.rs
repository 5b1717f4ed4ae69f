//! Which adapter serves which port.

mod apps;
mod cluster;
mod coordination;
mod correspondence;
mod graph;

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use secrecy::ExposeSecret;
use tenon_accounts::{
    Accounts, AccountsConfig, AccountsPorts, Passwords, Places, RevokedTokens, Tenancy, TenancyPorts,
};
use tenon_assets::Assets;
use tenon_cluster::Cluster;
use tenon_crypto::{
    Argon2Config, Argon2Passwords, JwtConfig, JwtTokens, KeyError, KeyFile, RandomSecrets, Ring, RingError,
};
use tenon_graph::{Intake, Subscriptions};
use tenon_http::{Health, Queues, Sockets};
use tenon_jobs::{Jobs, Tally};
use tenon_kernel::{Clock, Keyring, Quota, RateLimits, Recoveries, Tickets, Unavailable};
use tenon_local::SystemClock;
use tenon_messages::Messages;
use tenon_messages::keys::Keys;
use tenon_redis::{Subscription, UrlError};
use tenon_rooms::{Announcer, Feed, Rooms, RoomsPorts};
use tenon_sql::{DatabaseConfig, Housekeeping, OpenError, Store};
use tenon_vault::Vault;
use tenon_workers::WorkersPorts;
use tokio::task::spawn_blocking;

use crate::configuration::{Auth, Database, DatabaseUrl, Hashing, Settings};
use crate::data_folder;
use crate::secrets::{MasterKeys, Secrets};
use coordination::Coordination;
use correspondence::{keys, messages};

/// The services over their adapters.
pub struct Services {
    pub accounts: Accounts,
    pub tenancy: Tenancy,
    pub places: Places,
    pub assets: Assets,
    pub keys: Keys,
    pub rooms: Rooms,
    pub messages: Messages,
    pub feed: Feed,
    pub intake: Intake,
    pub subscriptions: Subscriptions,
    pub announcer: Announcer,
    pub sockets: Arc<Sockets>,
    pub tickets: Arc<dyn Tickets>,
    pub recoveries: Arc<dyn Recoveries>,
    pub limits: Arc<dyn RateLimits>,
    pub vault: Vault,
    pub ring: Arc<Ring>,
    pub clock: Arc<dyn Clock>,
    pub housekeeping: Arc<dyn Housekeeping>,
    pub queues: Arc<Queues>,
    pub workers: WorkersPorts,
    pub cluster: Cluster,
    pub health: Arc<Health>,
    /// Takes up revocations of other instances as long as it lives.
    pub subscription: Option<Subscription>,
}

/// Why the services cannot work.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// There is no place for the data.
    #[error("cannot make the data folder {path}: {source}", path = .path.display())]
    Folder {
        /// Where it was to be.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The database is not there, or not as it must be.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The address of Redis.
    #[error("redis.url: {0}")]
    Redis(#[from] UrlError),
    /// The key ring.
    #[error("auth.jwt_secret: {0}")]
    Keys(#[from] KeyError),
    /// What speaks to Microsoft.
    #[error(transparent)]
    Microsoft(#[from] tenon_microsoft::StartError),
    /// What tries nodes.
    #[error(transparent)]
    Nodes(#[from] tenon_nodes::StartError),
    /// The keys that seal.
    #[error("the encryption keys: {0}")]
    Sealing(#[from] RingError),
    /// Hashing, threads or randomness.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// A start-up task panicked, which was logged.
    #[error("starting failed: {0}")]
    Panicked(#[from] tokio::task::JoinError),
}

impl Services {
    /// Opens the database, connects to Redis and starts what hashes passwords, all at the same time.
    ///
    /// # Errors
    ///
    /// As [`WiringError`] says.
    pub async fn start(settings: &Settings, secrets: &Secrets) -> Result<Self, WiringError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let ring = Arc::new(ring(&secrets.encryption)?);
        let keyring: Arc<dyn Keyring> = Arc::<Ring>::clone(&ring);
        let revoked = Arc::new(RevokedTokens::default());
        let (store, passwords, coordination) = tokio::join!(
            open(settings),
            passwords(settings.auth.hashing),
            Coordination::start(settings.redis.url.as_ref(), &clock, &revoked),
        );
        let (store, passwords, coordination) = (store?, passwords?, coordination?);
        let accounts = accounts(settings, secrets, &store, &coordination, passwords, &revoked, &clock)?;
        let tenancy = tenancy(settings, &store, &coordination, revoked, &clock);
        let sockets = Arc::new(Sockets::new(&settings.sockets.settings));
        let rooms = rooms(settings, &store, &coordination, &sockets, &clock);
        let wakes = coordination.wakes(&sockets);
        let messages = messages(settings, &store, &coordination, &wakes, &clock);
        let keys = keys(settings, &store, &coordination, &wakes, &clock);
        let vault = Vault::new(Arc::clone(&store.credentials), Arc::clone(&keyring), Arc::clone(&clock));
        let (intake, subscriptions) = graph::graph(&settings.graph, &store, &vault, &keyring, &clock)?;
        let health = Arc::new(coordination.health(Arc::clone(&store.probe)));
        let (queues, workers) = work(&store, &clock);
        let vitals = (&sockets, &queues, &health);
        let cluster = cluster::cluster(&settings.cluster, &store, &coordination, &clock, vitals)?;
        Ok(Self {
            accounts,
            tenancy,
            places: Places::new(store.sites, store.units, Arc::clone(&clock)),
            assets: Assets::new(store.inventory, Arc::clone(&clock)),
            keys,
            feed: Feed::new(store.activities),
            announcer: Announcer::new(store.outbox, rooms.clone(), Arc::clone(&clock), tenon_http::render),
            rooms,
            messages,
            intake,
            subscriptions,
            sockets,
            tickets: coordination.tickets,
            recoveries: coordination.recoveries,
            limits: coordination.limits,
            vault,
            ring,
            clock,
            housekeeping: store.housekeeping,
            queues,
            workers,
            cluster,
            health,
            subscription: coordination.subscription,
        })
    }
}

/// Brings the database to this version's schema.
///
/// # Errors
///
/// As [`WiringError`] says.
pub fn migrate(settings: &Settings) -> Result<(), WiringError> {
    prepare(settings)?;
    Ok(tenon_sql::migrate(&database(&settings.database))?)
}

/// The keys that seal and open.
///
/// # Errors
///
/// As [`RingError`] says.
pub fn ring(keys: &MasterKeys) -> Result<Ring, RingError> {
    Ok(match keys {
        MasterKeys::Given { current, previous } => Ring::fixed(current, previous)?,
        MasterKeys::File(path) => Ring::of_file(KeyFile::new(path))?,
        MasterKeys::Made { key, file } => Ring::until_file(key, KeyFile::new(file))?,
    })
}

/// What the operator does with queues, over the configured database and nothing else.
///
/// # Errors
///
/// As [`WiringError`] says.
pub async fn jobs(settings: &Settings) -> Result<Jobs, WiringError> {
    let store = open(settings).await?;
    Ok(Jobs::new(store.backlog, Arc::new(SystemClock::default())))
}

/// Opens the database.
///
/// # Errors
///
/// As [`WiringError`] says.
pub async fn open(settings: &Settings) -> Result<Store, WiringError> {
    prepare(settings)?;
    let database = database(&settings.database);
    Ok(spawn_blocking(move || tenon_sql::open(&database)).await??)
}

/// SQLite would make a missing folder, and let everybody look into it.
fn prepare(settings: &Settings) -> Result<(), WiringError> {
    if let DatabaseUrl::Postgres(_) = settings.database.url {
        return Ok(());
    }
    let path = settings.data.folder.clone();
    data_folder::make(&path).map_err(|source| WiringError::Folder { path, source })
}

/// Unless configured: one SQLite reader a core, because they work here; and more connections to Postgres, because what
/// they wait for works elsewhere.
fn database(database: &Database) -> DatabaseConfig {
    let cores = u32::try_from(available_parallelism().map_or(1, NonZeroUsize::get)).unwrap_or(u32::MAX);
    let connections = match (database.connections, &database.url) {
        (0, DatabaseUrl::Sqlite(_)) => cores.clamp(2, 32),
        (0, DatabaseUrl::Postgres(_)) => cores.saturating_mul(4).clamp(8, 64),
        (connections, _) => connections,
    };
    DatabaseConfig {
        url: database.url.to_secret().expose_secret().to_owned(),
        connections,
    }
}

async fn passwords(hashing: Hashing) -> Result<Arc<dyn Passwords>, WiringError> {
    let default = Argon2Config::default();
    let config = Argon2Config {
        memory_kib: hashing.memory,
        passes: hashing.passes,
        lanes: hashing.lanes,
        threads: if hashing.threads == 0 {
            default.threads
        } else {
            hashing.threads
        },
        queue: hashing.queue,
    };
    Ok(Arc::new(spawn_blocking(move || Argon2Passwords::new(&config)).await??))
}

fn tokens(auth: &Auth, secrets: &Secrets) -> Result<JwtTokens, KeyError> {
    let previous = auth.previous_jwt_secrets.iter().cloned();
    JwtTokens::new(&JwtConfig {
        issuer: auth.issuer.clone(),
        audience: auth.audience.clone(),
        keys: [secrets.jwt_secret.clone()].into_iter().chain(previous).collect(),
        operator_password: secrets.operator_password.clone(),
    })
}

/// How often one address or account may try credentials.
pub fn auth_quota(settings: &Settings) -> Quota {
    Quota::per_minute("auth", settings.limits.auth_per_minute)
}

fn accounts(
    settings: &Settings,
    secrets: &Secrets,
    store: &Store,
    coordination: &Coordination,
    passwords: Arc<dyn Passwords>,
    revoked: &Arc<RevokedTokens>,
    clock: &Arc<dyn Clock>,
) -> Result<Accounts, KeyError> {
    let ports = AccountsPorts {
        users: Arc::clone(&store.users),
        organizations: Arc::clone(&store.organizations),
        members: Arc::clone(&store.members),
        sessions: Arc::clone(&store.sessions),
        revocations: Arc::clone(&store.revocations),
        feed: Arc::clone(&coordination.feed),
        revoked: Arc::clone(revoked),
        passwords,
        secrets: Arc::new(RandomSecrets),
        access_tokens: Arc::new(tokens(&settings.auth, secrets)?),
        attempts: Arc::clone(&coordination.attempts),
        limits: Arc::clone(&coordination.limits),
        clock: Arc::clone(clock),
    };
    let config = AccountsConfig {
        lifetimes: settings.auth.lifetimes,
        auth: auth_quota(settings),
        operator_password: secrets.operator_password.clone(),
    };
    Ok(Accounts::new(ports, config))
}

/// What is told of the queues, and what workers stand on.
fn work(store: &Store, clock: &Arc<dyn Clock>) -> (Arc<Queues>, WorkersPorts) {
    let tally = Arc::new(Tally::default());
    let jobs = Jobs::new(Arc::clone(&store.backlog), Arc::clone(clock));
    let ports = WorkersPorts {
        queue: Arc::clone(&store.queue),
        schedules: Arc::clone(&store.schedules),
        clock: Arc::clone(clock),
        tally: Arc::clone(&tally),
    };
    (Arc::new(Queues::new(jobs, tally)), ports)
}

fn rooms(
    settings: &Settings,
    store: &Store,
    coordination: &Coordination,
    sockets: &Arc<Sockets>,
    clock: &Arc<dyn Clock>,
) -> Rooms {
    let (broker, presences) = coordination.rooms(settings.sockets.history, sockets, clock);
    Rooms::new(RoomsPorts {
        broker,
        presences,
        directory: Arc::clone(&store.directory),
        answers: Arc::clone(&store.answers),
        clock: Arc::clone(clock),
    })
}

fn tenancy(
    settings: &Settings,
    store: &Store,
    coordination: &Coordination,
    revoked: Arc<RevokedTokens>,
    clock: &Arc<dyn Clock>,
) -> Tenancy {
    let ports = TenancyPorts {
        users: Arc::clone(&store.users),
        organizations: Arc::clone(&store.organizations),
        members: Arc::clone(&store.members),
        invitations: Arc::clone(&store.invitations),
        secrets: Arc::new(RandomSecrets),
        feed: Arc::clone(&coordination.feed),
        revoked,
        clock: Arc::clone(clock),
    };
    Tenancy::new(ports, settings.auth.lifetimes)
}
