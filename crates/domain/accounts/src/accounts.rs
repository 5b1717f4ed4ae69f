//! The service for people and their sessions.

mod administration;
mod authentication;
mod login;
pub(crate) mod opening;
mod password;
mod refresh;
mod registration;
mod sessions;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use secrecy::SecretString;
use tenon_kernel::{Clock, Journal, Quota, RateLimits, Role, Timestamp};

pub use administration::ResetPasswordError;
pub use authentication::{AuthenticationError, TokenStanding};
pub use login::LoginError;
pub use password::ChangePasswordError;
pub use refresh::{RefreshError, SwitchError};
pub use registration::{RegisterAccountError, Registering};
pub use sessions::SessionError;

use crate::{
    AccessToken, AccessTokens, Attempts, Lifetimes, Members, OpaqueToken, Organization, Organizations, Passwords,
    Revocation, RevocationFeed, Revocations, RevokedTokens, Secrets, Session, Sessions, User, Users,
};

/// What [`Accounts`] needs.
#[derive(Clone)]
pub struct AccountsPorts {
    pub users: Arc<dyn Users>,
    pub organizations: Arc<dyn Organizations>,
    pub members: Arc<dyn Members>,
    pub sessions: Arc<dyn Sessions>,
    pub revocations: Arc<dyn Revocations>,
    pub feed: Arc<dyn RevocationFeed>,
    pub revoked: Arc<RevokedTokens>,
    pub passwords: Arc<dyn Passwords>,
    pub secrets: Arc<dyn Secrets>,
    pub access_tokens: Arc<dyn AccessTokens>,
    pub attempts: Arc<dyn Attempts>,
    pub limits: Arc<dyn RateLimits>,
    pub journal: Arc<dyn Journal>,
    pub clock: Arc<dyn Clock>,
}

/// The numbers and the secret that [`Accounts`] works with.
#[derive(Debug, Clone)]
pub struct AccountsConfig {
    /// How long tokens and sessions live.
    pub lifetimes: Lifetimes,
    /// How often one account may be tried.
    pub auth: Quota,
    /// What the operator signs in with.
    pub operator_password: SecretString,
}

/// Registers people, signs them in and keeps their sessions.
#[derive(Clone)]
pub struct Accounts {
    ports: AccountsPorts,
    config: AccountsConfig,
    /// Whether somebody is known to have registered, which stays so.
    begun: Arc<AtomicBool>,
}

/// An access token, and how long it lives.
#[derive(Debug, Clone)]
pub struct Access {
    /// The token.
    pub token: AccessToken,
    /// From now.
    pub expires_in: Duration,
    /// The organization that it is for.
    pub organization: Organization,
    /// What the user may do there.
    pub role: Role,
    /// Who.
    pub user: User,
}

/// What signing in or refreshing gives.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// For requests.
    pub access: Access,
    /// For the next access token.
    pub refresh: OpaqueToken,
    /// How long the refresh token lives, from now.
    pub refresh_expires_in: Duration,
    /// The session that both belong to.
    pub session: Session,
}

/// What the operator's sign-in gives.
#[derive(Debug, Clone)]
pub struct OperatorAccess {
    /// The token.
    pub token: AccessToken,
    /// From now.
    pub expires_in: Duration,
}

/// A user as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who.
    pub user: User,
    /// The organization that their token is for.
    pub organization: Organization,
    /// What they may do there.
    pub role: Role,
}

impl Accounts {
    /// A service over these ports.
    pub fn new(ports: AccountsPorts, config: AccountsConfig) -> Self {
        Self {
            ports,
            config,
            begun: Arc::default(),
        }
    }

    fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// Makes revocations effective here at once, and tells the other instances.
    async fn spread(&self, revocations: &[Revocation]) {
        self.ports.revoked.add(revocations);
        self.ports.feed.announce(revocations).await;
    }
}
