use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use tenon_accounts::{Accounts, ApiAccess, Places, Tenancy};
use tenon_assets::Assets;
use tenon_audit::Audit;
use tenon_cluster::Cluster;
use tenon_graph::{Intake, Subscriptions};
use tenon_kernel::{Clock, Pools, Quota, RateLimits, Recoveries, Seal, Tickets};
use tenon_messages::Messages;
use tenon_messages::keys::Keys;
use tenon_rooms::{Feed, Rooms};
use tenon_vault::Vault;

use crate::health::Health;
use crate::queues::Queues;
use crate::socket::{SocketSettings, Sockets};
use crate::webhook::WebhookMeter;

/// The services behind the routes, and how they are offered.
pub struct Api {
    /// People and their sessions.
    pub accounts: Accounts,
    /// API keys.
    pub access: ApiAccess,
    /// Organizations, members and invitations.
    pub tenancy: Tenancy,
    /// Sites and units.
    pub places: Places,
    /// Assets.
    pub assets: Assets,
    /// Messages between members.
    pub messages: Messages,
    /// What people encrypt with.
    pub keys: Keys,
    /// What Microsoft Graph tells of.
    pub intake: Intake,
    /// The subscriptions that it tells of.
    pub subscriptions: Subscriptions,
    /// How fast it is answered.
    pub webhook: Arc<WebhookMeter>,
    /// Credentials of organizations.
    pub vault: Vault,
    /// What happened, for good.
    pub audit: Audit,
    /// Counts requests.
    pub limits: Arc<dyn RateLimits>,
    /// Rooms and their events.
    pub rooms: Rooms,
    /// What happened in organizations.
    pub feed: Feed,
    /// The open sockets; whatever brings events to this instance brings them there.
    pub sockets: Arc<Sockets>,
    /// Remembers tickets for sockets.
    pub tickets: Arc<dyn Tickets>,
    /// What clients of Socket.IO go on with that were cut off.
    pub recoveries: Arc<dyn Recoveries>,
    /// Encrypts tickets, and the answers that are kept for repeated requests.
    pub seal: Arc<dyn Seal>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Work that is done later.
    pub queues: Arc<Queues>,
    /// The instances and the nodes.
    pub cluster: Cluster,
    /// The state of what Tenon depends on.
    pub health: Arc<Health>,
    /// What requests share and have to wait for.
    pub pools: Vec<Arc<dyn Pools>>,
    /// Numbers and switches.
    pub settings: ApiSettings,
}

/// How the interface behaves.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Requests to everything but the routes of `auth_quota`, per principal, or per address without one.
    pub api_quota: Quota,
    /// Requests that register, sign in or change a password, per address.
    pub auth_quota: Quota,
    /// Connections of Socket.IO, per address.
    pub connection_quota: Quota,
    /// Pages of these origins may read the answers, with credentials. Compared exactly: `https://app.example.com`.
    pub cors_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` and `CF-Connecting-IP` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether a failure of the server shows its cause to the client: in development only.
    pub reveal_causes: bool,
    /// Whether clients reach this server through TLS, so that they can be told never to do without.
    pub behind_tls: bool,
    /// How sockets are treated.
    pub sockets: SocketSettings,
    /// What may take how long.
    pub timeouts: Timeouts,
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// The largest body that Microsoft Graph may post, in bytes.
    pub webhook_body_limit: usize,
    /// Of Tenon.
    pub version: &'static str,
}

impl ApiSettings {
    /// The largest body unless configured: 1 MiB.
    pub const BODY_LIMIT: usize = 1_048_576;
}

/// What may take how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// The first request's head after the connection was made.
    pub head: Duration,
    /// A request's body after its head.
    pub body: Duration,
    /// A request altogether.
    pub handler: Duration,
    /// A connection without a request.
    pub keep_alive: Duration,
    /// Connections that are open when the server is told to stop, until their next request is answered.
    pub farewell: Duration,
    /// Requests that are running after that.
    pub shutdown: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(5),
            body: Duration::from_secs(10),
            handler: Duration::from_secs(15),
            keep_alive: Duration::from_secs(75),
            farewell: Duration::from_millis(500),
            shutdown: Duration::from_secs(30),
        }
    }
}
