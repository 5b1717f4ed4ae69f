//! Who signs in, how, and to which organization.

use std::sync::Arc;

use tenon_accounts::{
    Accounts, AccountsConfig, AccountsPorts, ApiAccess, ApiAccessPorts, KnownKeys, RevokedTokens, Tenancy, TenancyPorts,
};
use tenon_crypto::{Argon2Config, Argon2Passwords, JwtConfig, JwtTokens, KeyError, RandomSecrets};
use tenon_kernel::{Clock, Quota};
use tenon_sql::Store;
use tokio::task::spawn_blocking;

use super::WiringError;
use super::coordination::Coordination;
use crate::configuration::{Auth, Hashing, Settings};
use crate::secrets::Secrets;

pub(super) async fn passwords(hashing: Hashing) -> Result<Arc<Argon2Passwords>, WiringError> {
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

pub(super) fn accounts(
    settings: &Settings,
    secrets: &Secrets,
    store: &Store,
    coordination: &Coordination,
    passwords: &Arc<Argon2Passwords>,
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
        passwords: Arc::<Argon2Passwords>::clone(passwords),
        secrets: Arc::new(RandomSecrets),
        access_tokens: Arc::new(tokens(&settings.auth, secrets)?),
        attempts: Arc::clone(&coordination.attempts),
        limits: Arc::clone(&coordination.limits),
        journal: Arc::clone(&store.journal),
        clock: Arc::clone(clock),
    };
    let config = AccountsConfig {
        lifetimes: settings.auth.lifetimes,
        auth: auth_quota(settings),
        operator_password: secrets.operator_password.clone(),
    };
    Ok(Accounts::new(ports, config))
}

/// The service for organizations, and the one for their API keys, which end with them.
pub(super) fn tenancy(
    settings: &Settings,
    store: &Store,
    coordination: &Coordination,
    revoked: Arc<RevokedTokens>,
    clock: &Arc<dyn Clock>,
) -> (Tenancy, ApiAccess) {
    let (access, api_keys) = api_access(store, clock);
    let ports = TenancyPorts {
        users: Arc::clone(&store.users),
        organizations: Arc::clone(&store.organizations),
        members: Arc::clone(&store.members),
        invitations: Arc::clone(&store.invitations),
        secrets: Arc::new(RandomSecrets),
        feed: Arc::clone(&coordination.feed),
        revoked,
        api_keys,
        clock: Arc::clone(clock),
    };
    (Tenancy::new(ports, settings.auth.lifetimes), access)
}

/// The service for API keys, and what it has looked up.
pub(super) fn api_access(store: &Store, clock: &Arc<dyn Clock>) -> (ApiAccess, Arc<KnownKeys>) {
    let known = Arc::new(KnownKeys::default());
    let ports = ApiAccessPorts {
        keys: Arc::clone(&store.api_keys),
        secrets: Arc::new(RandomSecrets),
        known: Arc::clone(&known),
        clock: Arc::clone(clock),
    };
    (ApiAccess::new(ports), known)
}
