//! What people send one another, and the keys for it.

use std::sync::Arc;
use std::time::Duration;

use tenon_crypto::Ed25519;
use tenon_http::Sockets;
use tenon_kernel::{Clock, Quota};
use tenon_messages::keys::{KeyQuotas, Keys, KeysPorts};
use tenon_messages::{Messages, MessagesPorts, Wakes};
use tenon_sql::Store;

use super::coordination::Coordination;
use crate::configuration::Settings;

/// Both wake whoever waits at these sockets.
pub(super) fn correspondence(
    settings: &Settings,
    store: &Store,
    coordination: &Coordination,
    sockets: &Arc<Sockets>,
    clock: &Arc<dyn Clock>,
) -> (Messages, Keys) {
    let wakes = coordination.wakes(sockets);
    (
        messages(settings, store, coordination, &wakes, clock),
        keys(settings, store, coordination, &wakes, clock),
    )
}

fn messages(
    settings: &Settings,
    store: &Store,
    coordination: &Coordination,
    wakes: &Arc<dyn Wakes>,
    clock: &Arc<dyn Clock>,
) -> Messages {
    let ports = MessagesPorts {
        mail: Arc::clone(&store.mail),
        archive: Arc::clone(&store.archive),
        wakes: Arc::clone(wakes),
        limits: Arc::clone(&coordination.limits),
        clock: Arc::clone(clock),
    };
    let quota = Quota {
        name: "messages",
        amount: settings.limits.messages_per_second,
        window: Duration::from_secs(1),
    };
    Messages::new(ports, quota, settings.limits.messages_waiting.get())
}

fn keys(
    settings: &Settings,
    store: &Store,
    coordination: &Coordination,
    wakes: &Arc<dyn Wakes>,
    clock: &Arc<dyn Clock>,
) -> Keys {
    let ports = KeysPorts {
        public_keys: Arc::clone(&store.public_keys),
        devices: Arc::clone(&store.devices),
        signatures: Arc::new(Ed25519),
        limits: Arc::clone(&coordination.limits),
        wakes: Arc::clone(wakes),
        clock: Arc::clone(clock),
    };
    let limits = &settings.limits;
    let quotas = KeyQuotas {
        changes: Quota::per_minute("key_changes", limits.key_changes_per_minute),
        by_claimer: Quota::per_minute("claims", limits.claims_per_minute),
        of_target: Quota::per_minute("claims_of_target", limits.claims_of_target_per_minute),
    };
    Keys::new(ports, quotas)
}
