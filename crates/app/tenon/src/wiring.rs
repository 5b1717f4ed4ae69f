//! Which adapter serves which port.

mod accounts;
mod apps;
mod cluster;
mod coordination;
mod correspondence;
mod database;
mod graph;
mod operating;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tenon_accounts::{Accounts, ApiAccess, Places, RevokedTokens, Tenancy};
use tenon_assets::Assets;
use tenon_audit::Audit;
use tenon_cluster::Cluster;
use tenon_crypto::{Argon2Passwords, KeyError, KeyFile, Ring, RingError};
use tenon_graph::{Intake, Subscriptions};
use tenon_http::{Health, Queues, Sockets};
use tenon_jobs::{Jobs, Tally};
use tenon_kernel::{Clock, Keyring, Pools, RateLimits, Recoveries, Tickets, Unavailable};
use tenon_local::SystemClock;
use tenon_messages::Messages;
use tenon_messages::keys::Keys;
use tenon_redis::{Subscription, UrlError};
use tenon_rooms::{Announcer, Feed, Rooms, RoomsPorts};
use tenon_sql::{Housekeeping, OpenError, Store};
use tenon_vault::Vault;
use tenon_workers::WorkersPorts;

use crate::configuration::Settings;
use crate::secrets::{MasterKeys, Secrets};
use accounts::{accounts, passwords, tenancy};
use cluster::cluster;
use coordination::Coordination;
use correspondence::correspondence;
use graph::graph;

pub use accounts::auth_quota;
pub use database::{connections, migrate, open};
pub use operating::{GraphAdministration, administration, api_keys, audit, graph_administration, jobs, organizations};

/// The services over their adapters.
pub struct Services {
    pub accounts: Accounts,
    pub access: ApiAccess,
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
    pub audit: Audit,
    pub ring: Arc<Ring>,
    pub clock: Arc<dyn Clock>,
    pub housekeeping: Arc<dyn Housekeeping>,
    pub queues: Arc<Queues>,
    pub workers: WorkersPorts,
    pub cluster: Cluster,
    pub health: Arc<Health>,
    pub pools: Vec<Arc<dyn Pools>>,
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
        let (store, passwords, coordination) = ground(settings, &clock, &revoked).await?;
        let accounts = accounts(settings, secrets, &store, &coordination, &passwords, &revoked, &clock)?;
        let (tenancy, access) = tenancy(settings, &store, &coordination, revoked, &clock);
        let sockets = Arc::new(Sockets::new(&settings.sockets.settings));
        let rooms = rooms(settings, &store, &coordination, &sockets, &clock);
        let (messages, keys) = correspondence(settings, &store, &coordination, &sockets, &clock);
        let vault = vault(&store, &keyring, &clock);
        let (intake, subscriptions) = graph(&settings.graph, &store, &vault, &keyring, &clock)?;
        let health = Arc::new(coordination.health(Arc::clone(&store.probe)));
        let (queues, workers) = work(&store, &clock);
        let vitals = (&sockets, &queues, &health);
        let cluster = cluster(&settings.cluster, &store, &coordination, &clock, vitals)?;
        Ok(Self {
            accounts,
            access,
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
            audit: Audit::new(store.ledger),
            ring,
            clock,
            housekeeping: store.housekeeping,
            queues,
            workers,
            cluster,
            health,
            pools: vec![store.pools, passwords],
            subscription: coordination.subscription,
        })
    }
}

/// What everything else stands on: it starts at the same time.
async fn ground(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    revoked: &Arc<RevokedTokens>,
) -> Result<(Store, Arc<Argon2Passwords>, Coordination), WiringError> {
    let (store, passwords, coordination) = tokio::join!(
        open(settings),
        passwords(settings.auth.hashing),
        Coordination::start(settings.redis.url.as_ref(), clock, revoked),
    );
    Ok((store?, passwords?, coordination?))
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

fn vault(store: &Store, keyring: &Arc<dyn Keyring>, clock: &Arc<dyn Clock>) -> Vault {
    let (credentials, journal) = (Arc::clone(&store.credentials), Arc::clone(&store.journal));
    Vault::new(credentials, Arc::clone(keyring), journal, Arc::clone(clock))
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
