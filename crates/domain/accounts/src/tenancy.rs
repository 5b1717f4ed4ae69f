//! The service for organizations, their members and invitations.

mod administration;
mod errors;
mod invitations;
mod members;
mod organizations;

use std::sync::Arc;

pub use errors::{AcceptError, AdministrationError, Denied, MemberError, OrganizationError};
use tenon_kernel::{Clock, OrganizationId, Principal, Role, Timestamp, UserId};

use crate::{
    Invitations, KnownKeys, Lifetimes, Members, Organizations, Revocation, RevocationFeed, RevokedTokens, Secrets,
    Subject, Users,
};

/// What [`Tenancy`] needs.
#[derive(Clone)]
pub struct TenancyPorts {
    pub users: Arc<dyn Users>,
    pub organizations: Arc<dyn Organizations>,
    pub members: Arc<dyn Members>,
    pub invitations: Arc<dyn Invitations>,
    pub secrets: Arc<dyn Secrets>,
    pub feed: Arc<dyn RevocationFeed>,
    pub revoked: Arc<RevokedTokens>,
    pub api_keys: Arc<KnownKeys>,
    pub clock: Arc<dyn Clock>,
}

/// Keeps organizations and who belongs to them.
///
/// Every method for a member takes the organization from the path of the request and refuses, as not found, any but the one that
/// the member's token is for. The operator belongs to none, and has methods of their own.
#[derive(Clone)]
pub struct Tenancy {
    ports: TenancyPorts,
    lifetimes: Lifetimes,
}

impl Tenancy {
    /// A service over these ports.
    pub fn new(ports: TenancyPorts, lifetimes: Lifetimes) -> Self {
        Self { ports, lifetimes }
    }

    fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    fn revocation(&self, user: UserId, organization: OrganizationId, now: Timestamp) -> Revocation {
        Revocation {
            subject: Subject::Membership(user, organization),
            issued_until: now,
            forget_at: self.lifetimes.forget_at(now),
        }
    }

    async fn spread(&self, revocations: &[Revocation]) {
        self.ports.revoked.add(revocations);
        self.ports.feed.announce(revocations).await;
    }
}

/// Refuses whoever acts in another organization, or with less than `role`.
pub(crate) fn require(by: impl Into<Principal>, organization: OrganizationId, role: Role) -> Result<(), Denied> {
    let by = by.into();
    if by.organization != organization {
        return Err(Denied::OtherOrganization);
    }
    if by.role < role {
        return Err(Denied::Role(role));
    }
    Ok(())
}
