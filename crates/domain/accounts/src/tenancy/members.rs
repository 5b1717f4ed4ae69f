use tenon_kernel::{
    Action, Author, Device, Entry, Expected, Member, OrganizationId, Page, PageRequest, Role, SubjectKind, UserId,
};

use super::{MemberError, Tenancy, require};
use crate::NamedMember;

impl Tenancy {
    /// The members of the organization.
    ///
    /// # Errors
    ///
    /// [`MemberError::Denied`] for another organization.
    pub async fn members(
        &self,
        member: &Member,
        organization: OrganizationId,
        page: &PageRequest<UserId>,
    ) -> Result<Page<NamedMember, UserId>, MemberError> {
        require(member, organization, Role::Viewer)?;
        Ok(self.ports.members.list(organization, page).await?)
    }

    /// One member of the organization.
    ///
    /// # Errors
    ///
    /// [`MemberError::NotFound`].
    pub async fn member(
        &self,
        member: &Member,
        organization: OrganizationId,
        user: UserId,
    ) -> Result<NamedMember, MemberError> {
        require(member, organization, Role::Viewer)?;
        self.ports
            .members
            .find(organization, user)
            .await?
            .ok_or(MemberError::NotFound)
    }

    /// Changes a member's role; takes an admin, and an owner where an owner is made or unmade. The member's tokens are refused
    /// from then on; a refresh gives one with the new role.
    ///
    /// # Errors
    ///
    /// As [`MemberError`] says.
    pub async fn change_role(
        &self,
        member: &Member,
        organization: OrganizationId,
        user: UserId,
        role: Role,
        expected: Expected,
        device: &Device,
    ) -> Result<NamedMember, MemberError> {
        require(member, organization, Role::Admin)?;
        let current = self.member(member, organization, user).await?;
        require(member, organization, role.max(current.role))?;
        let author = Author::member(member, device);
        self.give_role(organization, &current, role, expected, author).await
    }

    /// Gives a member another role, for somebody who may.
    pub(super) async fn give_role(
        &self,
        organization: OrganizationId,
        current: &NamedMember,
        role: Role,
        expected: Expected,
        author: Author,
    ) -> Result<NamedMember, MemberError> {
        let (user, now) = (current.user, self.now());
        let revocation = self.revocation(user, organization, now);
        let expected = pinned(expected, current);
        let entry = Entry::new(now, author, Action::MemberChanged)
            .of(organization)
            .about(SubjectKind::User, user)
            .with("email", current.email.as_str())
            .with("from", current.role.as_str())
            .with("to", role.as_str());
        let changed = self
            .ports
            .members
            .change_role(organization, user, role, expected, &revocation, &entry)
            .await?;
        tracing::info!(%organization, %user, by = entry.author.kind.as_str(), by_user = entry.author.user_id().map(tracing::field::display), %role, "changed a role");
        self.spread(&[revocation]).await;
        Ok(changed)
    }

    /// Removes a member; takes an admin, an owner where an owner goes. Everybody may leave.
    ///
    /// # Errors
    ///
    /// As [`MemberError`] says.
    pub async fn remove_member(
        &self,
        member: &Member,
        organization: OrganizationId,
        user: UserId,
        expected: Expected,
        device: &Device,
    ) -> Result<(), MemberError> {
        require(member, organization, Role::Viewer)?;
        let current = self.member(member, organization, user).await?;
        if user != member.user {
            require(member, organization, current.role.max(Role::Admin))?;
        }
        let author = Author::member(member, device);
        self.take_out(organization, &current, expected, author).await
    }

    /// Ends a membership, for somebody who may.
    pub(super) async fn take_out(
        &self,
        organization: OrganizationId,
        current: &NamedMember,
        expected: Expected,
        author: Author,
    ) -> Result<(), MemberError> {
        let (user, now) = (current.user, self.now());
        let revocation = self.revocation(user, organization, now);
        let entry = Entry::new(now, author, Action::MemberRemoved)
            .of(organization)
            .about(SubjectKind::User, user)
            .with("email", current.email.as_str())
            .with("role", current.role.as_str());
        self.ports
            .members
            .remove(organization, user, pinned(expected, current), &revocation, &entry)
            .await?;
        tracing::info!(%organization, %user, by = entry.author.kind.as_str(), by_user = entry.author.user_id().map(tracing::field::display), "removed a member");
        self.spread(&[revocation]).await;
        Ok(())
    }
}

/// The permission was given for the role that was read, so the change must be of that very version.
fn pinned(expected: Expected, current: &NamedMember) -> Expected {
    match expected {
        Expected::Any => Expected::Exactly(current.version),
        exactly @ Expected::Exactly(_) => exactly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Denied;

    #[test]
    fn a_role_above_ones_own_is_denied() {
        let id = tenon_kernel::Id::at(tenon_kernel::Timestamp::from_micros(7));
        let member = |role| Member {
            user: tenon_kernel::Id::from_uuid(id.uuid()),
            organization: id,
            role,
            session: tenon_kernel::Id::from_uuid(id.uuid()),
        };
        assert_eq!(
            require(&member(Role::Admin), id, Role::Owner),
            Err(Denied::Role(Role::Owner))
        );
        assert_eq!(require(&member(Role::Owner), id, Role::Owner), Ok(()));
        let other = tenon_kernel::Id::at(tenon_kernel::Timestamp::from_micros(8));
        assert_eq!(
            require(&member(Role::Owner), other, Role::Viewer),
            Err(Denied::OtherOrganization)
        );
    }
}
