use tenon_kernel::{
    Action, Author, Entry, Id, OrganizationId, SessionId, SubjectKind, Timestamp, Unavailable, UserId, Version,
};

use super::{Access, Accounts, SignedIn};
use crate::{Claims, Device, Email, Identity, Membership, OpaqueToken, Organization, OrganizationName, Session, User};

/// The organization that a token is for.
pub(super) struct Home {
    pub membership: Membership,
    /// The membership was so at this time, and revocations up to then are in it.
    read_from: Timestamp,
}

impl Home {
    /// That of somebody who founded it.
    pub fn founded(organization: Organization, at: Timestamp) -> Self {
        let role = tenon_kernel::Role::Owner;
        Self {
            membership: Membership { organization, role },
            read_from: at,
        }
    }
}

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
    pub(super) async fn home(
        &self,
        user: &User,
        preferred: Option<OrganizationId>,
        device: &Device,
    ) -> Result<Home, Unavailable> {
        if let Some(home) = self.membership(user.id, preferred).await? {
            return Ok(home);
        }
        let now = self.now();
        let organization = new_organization(OrganizationName::of_person(&user.display_name), now);
        let entry = founded(&organization, Author::user(user.id, device));
        if self.ports.organizations.found(&organization, user.id, &entry).await? {
            return Ok(Home::founded(organization, now));
        }
        // Another sign-in of theirs was faster.
        let home = self.membership(user.id, preferred).await?;
        home.ok_or_else(|| Unavailable::new("database", "the organization went as soon as it was there"))
    }

    /// The user's membership in the preferred organization, or in their oldest.
    pub(super) async fn membership(
        &self,
        user: UserId,
        preferred: Option<OrganizationId>,
    ) -> Result<Option<Home>, Unavailable> {
        let read_from = self.now();
        let Some(membership) = self.ports.members.home(user, preferred).await? else {
            return Ok(None);
        };
        let organization = membership.organization.id;
        let good_from = self.ports.revoked.good_from(user, organization);
        let Some(good_from) = good_from.filter(|good_from| *good_from > read_from) else {
            return Ok(Some(Home { membership, read_from }));
        };
        // It changed lately, and what was read may be from before.
        let again = self.ports.members.home(user, Some(organization)).await?;
        Ok(again.map(|membership| {
            let same = membership.organization.id == organization;
            let read_from = if same { good_from } else { read_from };
            Home { membership, read_from }
        }))
    }

    pub(super) fn access(
        &self,
        user: User,
        home: Home,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Access, Unavailable> {
        let Home { membership, read_from } = home;
        let identity = Identity::Member {
            user: user.id,
            organization: membership.organization.id,
            role: membership.role,
            email: user.email.clone(),
        };
        let expires_in = self.config.lifetimes.access;
        let claims = Claims {
            // What it says is as old as its reading, however long ago that was.
            id: Id::at(read_from),
            session,
            identity,
            issued_at: now,
            expires_at: now.plus(expires_in),
        };
        let token = self.ports.access_tokens.sign(&claims)?;
        Ok(Access {
            token,
            expires_in,
            organization: membership.organization,
            role: membership.role,
            user,
        })
    }

    pub(super) fn signed_in(
        &self,
        user: User,
        home: Home,
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

/// What the audit log is told of a sign-in.
pub(super) fn signed_in(session: &Session, email: &Email) -> Entry {
    let author = Author::claimed(email.as_str(), Some(session.user), &session.device);
    Entry::new(session.created_at, author, Action::SessionCreated).about(SubjectKind::Session, session.id)
}

/// What the audit log is told of a new organization.
pub(crate) fn founded(organization: &Organization, author: Author) -> Entry {
    Entry::new(organization.created_at, author, Action::OrganizationCreated)
        .of(organization.id)
        .about(SubjectKind::Organization, organization.id)
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
