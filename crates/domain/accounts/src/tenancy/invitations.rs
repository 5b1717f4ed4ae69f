use tenon_kernel::{
    Action, Author, Created, Device, Entry, Id, InvitationId, Member, Once, OrganizationId, Page, PageRequest, Role,
    SubjectKind, UserId,
};

use super::{AcceptError, MemberError, Tenancy, require};
use crate::{Acceptance, Accepted, Email, Invitation, InvitationRow, Invited, Membership, OpaqueToken};

impl Tenancy {
    /// Invites an address to the organization; takes an admin, and an owner to invite an owner.
    ///
    /// # Errors
    ///
    /// As [`MemberError`] says.
    pub async fn invite(
        &self,
        member: &Member,
        organization: OrganizationId,
        email: Email,
        role: Role,
        once: Once<'_, Invited>,
        device: &Device,
    ) -> Result<Created<Invited>, MemberError> {
        require(member, organization, role.max(Role::Admin))?;
        let now = self.now();
        let invitation = Invitation {
            id: Id::at(now),
            organization,
            email,
            role,
            invited_by: member.user,
            created_at: now,
            expires_at: now.plus(self.lifetimes.invitation),
        };
        let invited = Invited {
            invitation,
            token: self.ports.secrets.token()?,
        };
        let remember = once.remember(&invited, now)?;
        let row = InvitationRow {
            invitation: invited.invitation.clone(),
            token: self.ports.secrets.digest(&invited.token),
        };
        let entry = Entry::new(now, Author::member(member, device), Action::InvitationCreated)
            .of(organization)
            .about(SubjectKind::Invitation, row.invitation.id)
            .with("email", row.invitation.email.as_str())
            .with("role", role.as_str());
        let created = self.ports.invitations.create(&row, remember.as_ref(), &entry).await?;
        Ok(match created {
            Created::Now(()) => Created::Now(invited),
            Created::Before(answer) => Created::Before(answer),
        })
    }

    /// The open invitations of the organization; takes an admin.
    ///
    /// # Errors
    ///
    /// [`MemberError::Denied`].
    pub async fn invitations(
        &self,
        member: &Member,
        organization: OrganizationId,
        page: &PageRequest<InvitationId>,
    ) -> Result<Page<Invitation, InvitationId>, MemberError> {
        require(member, organization, Role::Admin)?;
        Ok(self.ports.invitations.list(organization, page, self.now()).await?)
    }

    /// Withdraws an open invitation; takes an admin.
    ///
    /// # Errors
    ///
    /// [`MemberError::NotFound`] when there is none.
    pub async fn withdraw(
        &self,
        member: &Member,
        organization: OrganizationId,
        invitation: InvitationId,
        device: &Device,
    ) -> Result<(), MemberError> {
        require(member, organization, Role::Admin)?;
        let entry = Entry::new(self.now(), Author::member(member, device), Action::InvitationRevoked)
            .of(organization)
            .about(SubjectKind::Invitation, invitation);
        match self
            .ports
            .invitations
            .withdraw(organization, invitation, &entry)
            .await?
        {
            true => Ok(()),
            false => Err(MemberError::NotFound),
        }
    }

    /// Makes the user a member of the organization that the token invites to. Their access token stays for the organization
    /// they are in until they switch.
    ///
    /// # Errors
    ///
    /// As [`AcceptError`] says.
    pub async fn accept(&self, user: UserId, token: &OpaqueToken, device: &Device) -> Result<Membership, AcceptError> {
        let account = self.ports.users.by_id(user).await?.ok_or(AcceptError::NotFound)?;
        let token = self.ports.secrets.digest(token);
        let acceptance = Acceptance {
            token,
            user,
            email: account.user.email,
            device: device.clone(),
            at: self.now(),
        };
        match self.ports.invitations.accept(&acceptance).await? {
            Accepted::Joined(membership) => {
                tracing::info!(%user, organization = %membership.organization.id, "accepted an invitation");
                Ok(membership)
            }
            Accepted::AlreadyMember => Err(AcceptError::AlreadyMember),
            Accepted::OtherAddress => Err(AcceptError::OtherAddress),
            Accepted::NotFound => Err(AcceptError::NotFound),
        }
    }
}
