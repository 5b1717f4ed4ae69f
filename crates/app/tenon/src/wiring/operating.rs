//! What commands need: less than a server.

use std::sync::Arc;

use tenon_accounts::{Accounts, ApiAccess, Members, Organizations, RevokedTokens, Tenancy};
use tenon_audit::Audit;
use tenon_crypto::Ring;
use tenon_graph::Subscriptions;
use tenon_jobs::Jobs;
use tenon_kernel::{Clock, Keyring};
use tenon_local::SystemClock;
use tenon_vault::Vault;

use super::accounts::{accounts, api_access, tenancy};
use super::coordination::Coordination;
use super::graph::graph;
use super::{WiringError, ground, open, ring, vault};
use crate::configuration::Settings;
use crate::secrets::Secrets;

/// What the operator does for Microsoft Graph.
pub struct GraphAdministration {
    pub subscriptions: Subscriptions,
    pub vault: Vault,
    pub organizations: Arc<dyn Organizations>,
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

/// The audit log in the configured database, and nothing else.
///
/// # Errors
///
/// As [`WiringError`] says.
pub async fn audit(settings: &Settings) -> Result<Audit, WiringError> {
    Ok(Audit::new(open(settings).await?.ledger))
}

/// What the operator does with accounts, over the configured database, and the Redis that tells the instances if there is one.
///
/// # Errors
///
/// As [`WiringError`] says.
pub async fn administration(settings: &Settings, secrets: &Secrets) -> Result<Accounts, WiringError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let revoked = Arc::new(RevokedTokens::default());
    let (store, passwords, coordination) = ground(settings, &clock, &revoked).await?;
    let accounts = accounts(settings, secrets, &store, &coordination, &passwords, &revoked, &clock);
    Ok(accounts?)
}

/// What the operator does with API keys, over the configured database and nothing else.
///
/// # Errors
///
/// As [`WiringError`] says.
pub async fn api_keys(
    settings: &Settings,
) -> Result<(ApiAccess, Arc<dyn Members>, Arc<dyn Organizations>), WiringError> {
    let store = open(settings).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    Ok((api_access(&store, &clock).0, store.members, store.organizations))
}

/// What the operator does with organizations and members, over the configured database, and the Redis that tells the instances if there
/// is one.
///
/// # Errors
///
/// As [`WiringError`] says.
pub async fn organizations(settings: &Settings) -> Result<Tenancy, WiringError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let revoked = Arc::new(RevokedTokens::default());
    let (store, coordination) = tokio::join!(
        open(settings),
        Coordination::start(settings.redis.url.as_ref(), &clock, &revoked),
    );
    Ok(tenancy(settings, &store?, &coordination?, revoked, &clock).0)
}

/// What the operator does for Microsoft Graph, over the configured database, the keys that seal, and the way to Microsoft.
///
/// # Errors
///
/// As [`WiringError`] says.
pub async fn graph_administration(settings: &Settings, secrets: &Secrets) -> Result<GraphAdministration, WiringError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let keyring: Arc<dyn Keyring> = Arc::<Ring>::new(ring(&secrets.encryption)?);
    let store = open(settings).await?;
    let vault = vault(&store, &keyring, &clock);
    let (_, subscriptions) = graph(&settings.graph, &store, &vault, &keyring, &clock)?;
    Ok(GraphAdministration {
        subscriptions,
        vault,
        organizations: store.organizations,
    })
}
