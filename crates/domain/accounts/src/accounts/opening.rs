use tenon_kernel::{Created, Id, OrganizationId, SessionId, Timestamp, Unavailable, UserId, Version};

use super::{Access, Accounts, SignedIn};
use crate::{Claims, Device, Identity, Membership, OpaqueToken, Organization, OrganizationName, Session, User};

impl Accounts {
    pub(super) fn new_session(&self, user: UserId, home: OrganizationId, device: Device, now: Timestamp) -> Session {
        let lifetimes = &self.config.lifetimes;
        Session {
            id: Id::at(now),
            user,
            organization: home,
            name: None,
            device,
            version: Version::FIRST,
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(lifetimes.idle.min(lifetimes.absolute)),
            ends_at: now.plus(lifetimes.absolute),
        }
    }

    /// The organization that a sign-in of the user is for. Whoever was removed from their last one gets one of their own,
    /// so that an account is never locked out.
    pub(super) async fn home(&self, user: &User, preferred: Option<OrganizationId>) -> Result<Membership, Unavailable> {
        if let Some(membership) = self.ports.members.home(user.id, preferred).await? {
            return Ok(membership);
        }
        let organization = new_organization(OrganizationName::of_person(&user.display_name), self.now());
        match self.ports.organizations.create(&organization, user.id, None).await {
            Ok(Created::Now(()) | Created::Before(_)) => Ok(Membership {
                organization,
                role: tenon_kernel::Role::Owner,
            }),
            Err(error) => Err(Unavailable::new("database", error)),
        }
    }

    pub(super) fn access(
        &self,
        user: User,
        home: Membership,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Access, Unavailable> {
        let identity = Identity::Member {
            user: user.id,
            organization: home.organization.id,
            role: home.role,
            email: user.email.clone(),
        };
        let expires_in = self.config.lifetimes.access;
        let claims = Claims {
            id: Id::at(now),
            session,
            identity,
            issued_at: now,
            expires_at: now.plus(expires_in),
        };
        let token = self.ports.access_tokens.sign(&claims)?;
        Ok(Access {
            token,
            expires_in,
            organization: home.organization,
            role: home.role,
            user,
        })
    }

    pub(super) fn signed_in(
        &self,
        user: User,
        home: Membership,
        session: Session,
        refresh: OpaqueToken,
    ) -> Result<SignedIn, Unavailable> {
        let now = self.now();
        let access = self.access(user, home, session.id, now)?;
        Ok(SignedIn {
            access,
            refresh,
            refresh_expires_in: session.expires_at.since(now),
            session,
        })
    }
}

/// An organization of this name that is created at `now`.
pub(crate) fn new_organization(name: OrganizationName, now: Timestamp) -> Organization {
    Organization {
        id: Id::at(now),
        name,
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
    }
}
