//! What Microsoft Graph tells of.

use std::sync::Arc;

use tenon_crypto::RandomSecrets;
use tenon_graph::{Apps, Intake, IntakePorts, Keeping, Subscriptions, SubscriptionsConfig, SubscriptionsPorts};
use tenon_kernel::{Clock, Keyring};
use tenon_microsoft::{AwsLcEnvelope, GraphClient, PublishedKeys, StartError};
use tenon_sql::Store;
use tenon_vault::Vault;

use super::apps::VaultApps;

use crate::configuration::Graph;

/// Takes what is posted to the webhook, and keeps the subscriptions that it is for.
pub(super) fn graph(
    settings: &Graph,
    store: &Store,
    vault: &Vault,
    keyring: &Arc<dyn Keyring>,
    clock: &Arc<dyn Clock>,
) -> Result<(Intake, Subscriptions), StartError> {
    let apps: Arc<dyn Apps> = Arc::new(VaultApps(vault.clone()));
    let addresses = || settings.addresses.clone();
    let ports = IntakePorts {
        inbox: Arc::clone(&store.inbox),
        notifications: Arc::clone(&store.notifications),
        registry: Arc::clone(&store.registry),
        apps: Arc::clone(&apps),
        certificates: Arc::clone(&store.certificates),
        tokens: Arc::new(PublishedKeys::new(addresses(), Arc::clone(clock))?),
        envelope: Arc::new(AwsLcEnvelope),
        keyring: Arc::clone(keyring),
        clock: Arc::clone(clock),
    };
    let keeping = Keeping {
        batches: settings.keep_batches,
        notifications: settings.keep_notifications,
    };
    let intake = Intake::new(ports, keeping);
    let ports = SubscriptionsPorts {
        registry: Arc::clone(&store.registry),
        apps: Arc::clone(&apps),
        certificates: Arc::clone(&store.certificates),
        remote: Arc::new(GraphClient::new(addresses(), Arc::clone(clock))?),
        envelope: Arc::new(AwsLcEnvelope),
        client_states: Arc::new(RandomSecrets),
        keyring: Arc::clone(keyring),
        journal: Arc::clone(&store.journal),
        clock: Arc::clone(clock),
    };
    let config = SubscriptionsConfig {
        webhook_url: settings.webhook_url.as_ref().map(ToString::to_string),
        lifetimes: settings.lifetimes.clone(),
    };
    Ok((intake, Subscriptions::new(ports, config)))
}
