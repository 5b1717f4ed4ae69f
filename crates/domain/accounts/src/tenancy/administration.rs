use tenon_kernel::{
    Action, Author, Created, Device, Entry, Expected, OrganizationId, Page, PageRequest, Role, SubjectKind,
    Unavailable, UserId,
};

use super::{AdministrationError, Tenancy};
use crate::accounts::opening::{founded, new_organization};
use crate::{Email, NamedMember, Organization, OrganizationName, User};

/// What the operator does with organizations and their members, whosever they are.
impl Tenancy {
    /// Makes an organization for somebody who has an account, and who owns it.
    ///
    /// # Errors
    ///
    /// [`AdministrationError::NoAccount`], [`AdministrationError::Unavailable`].
    pub async fn found(
        &self,
        owner: UserId,
        name: OrganizationName,
        device: &Device,
    ) -> Result<Organization, AdministrationError> {
        let owner = self.account(owner).await?;
        let organization = new_organization(name, self.now());
        let entry = founded(&organization, Author::operator(device)).with("owner", owner.email.as_str());
        let created = self.ports.organizations.create(&organization, owner.id, None, &entry);
        match created.await.map_err(|error| Unavailable::new("database", error))? {
            Created::Now(()) | Created::Before(_) => Ok(organization),
        }
    }

    /// Gives an organization another name.
    ///
    /// # Errors
    ///
    /// [`AdministrationError::NoOrganization`], [`AdministrationError::Unavailable`].
    pub async fn rename_any(
        &self,
        organization: OrganizationId,
        name: &OrganizationName,
        device: &Device,
    ) -> Result<Organization, AdministrationError> {
        let author = Author::operator(device);
        Ok(self.rename(organization, name, Expected::Any, author).await?)
    }

    /// Deletes an organization and everything it owns. Its members' tokens for it and its API keys are refused from then on.
    ///
    /// # Errors
    ///
    /// [`AdministrationError::NoOrganization`], [`AdministrationError::Unavailable`].
    pub async fn delete_any(&self, organization: OrganizationId, device: &Device) -> Result<(), AdministrationError> {
        let author = Author::operator(device);
        Ok(self.delete(organization, Expected::Any, author).await?)
    }

    /// The members of an organization, in order of their registration.
    ///
    /// # Errors
    ///
    /// [`AdministrationError::NoOrganization`], [`AdministrationError::Unavailable`].
    pub async fn members_of(
        &self,
        organization: OrganizationId,
        page: &PageRequest<UserId>,
    ) -> Result<Page<NamedMember, UserId>, AdministrationError> {
        let found = self.any_organization(organization).await?;
        Ok(self.ports.members.list(found.id, page).await?)
    }

    /// Makes somebody who has an account a member.
    ///
    /// # Errors
    ///
    /// As [`AdministrationError`] says.
    pub async fn add_member(
        &self,
        organization: OrganizationId,
        user: UserId,
        role: Role,
        device: &Device,
    ) -> Result<NamedMember, AdministrationError> {
        let user = self.account(user).await?;
        let entry = Entry::new(self.now(), Author::operator(device), Action::MemberAdded)
            .of(organization)
            .about(SubjectKind::User, user.id)
            .with("email", user.email.as_str())
            .with("role", role.as_str());
        let added = self.ports.members.add(organization, user.id, role, &entry).await?;
        tracing::info!(%organization, user = %user.id, %role, "the operator added a member");
        Ok(added)
    }

    /// Changes a member's role. Their tokens are refused from then on; a refresh gives one with the new role.
    ///
    /// # Errors
    ///
    /// As [`AdministrationError`] says.
    pub async fn change_role_of(
        &self,
        organization: OrganizationId,
        user: UserId,
        role: Role,
        device: &Device,
    ) -> Result<NamedMember, AdministrationError> {
        let current = self.member_of(organization, user).await?;
        let changed = self.give_role(organization, &current, role, Expected::Any, Author::operator(device));
        Ok(changed.await?)
    }

    /// Removes a member. Their tokens for the organization are refused from then on.
    ///
    /// # Errors
    ///
    /// As [`AdministrationError`] says.
    pub async fn remove_from(
        &self,
        organization: OrganizationId,
        user: UserId,
        device: &Device,
    ) -> Result<NamedMember, AdministrationError> {
        let current = self.member_of(organization, user).await?;
        self.take_out(organization, &current, Expected::Any, Author::operator(device))
            .await?;
        Ok(current)
    }

    /// The account with this address.
    ///
    /// # Errors
    ///
    /// [`AdministrationError::NoAccount`], [`AdministrationError::Unavailable`].
    pub async fn account_at(&self, email: &Email) -> Result<User, AdministrationError> {
        let found = self.ports.users.by_email(email).await?;
        Ok(found.ok_or(AdministrationError::NoAccount)?.user)
    }

    async fn account(&self, user: UserId) -> Result<User, AdministrationError> {
        let found = self.ports.users.by_id(user).await?;
        Ok(found.ok_or(AdministrationError::NoAccount)?.user)
    }

    async fn member_of(&self, organization: OrganizationId, user: UserId) -> Result<NamedMember, AdministrationError> {
        let found = self.any_organization(organization).await?;
        let member = self.ports.members.find(found.id, user).await?;
        member.ok_or(AdministrationError::NoMember)
    }
}
