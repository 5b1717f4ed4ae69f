use tenon_kernel::{
    Action, Author, Created, Device, Entry, Expected, Member, Once, OrganizationId, Page, PageRequest, Role,
    SubjectKind, Unavailable, UserId,
};

use super::{OrganizationError, Tenancy, require};
use crate::accounts::opening::{founded, new_organization};
use crate::{Membership, Organization, OrganizationName};

impl Tenancy {
    /// The organizations that the user belongs to.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn organizations_of(
        &self,
        user: UserId,
        page: &PageRequest<OrganizationId>,
    ) -> Result<Page<Membership, OrganizationId>, Unavailable> {
        self.ports.members.of_user(user, page).await
    }

    /// Every organization of the installation; for the operator.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn all_organizations(
        &self,
        page: &PageRequest<OrganizationId>,
    ) -> Result<Page<Organization, OrganizationId>, Unavailable> {
        self.ports.organizations.list(page).await
    }

    /// One organization, whoever asks; for the operator.
    ///
    /// # Errors
    ///
    /// [`OrganizationError::NotFound`].
    pub async fn any_organization(&self, organization: OrganizationId) -> Result<Organization, OrganizationError> {
        self.ports
            .organizations
            .find(organization)
            .await?
            .ok_or(OrganizationError::NotFound)
    }

    /// Makes an organization that the user owns. Their token is still for the one they are in.
    ///
    /// # Errors
    ///
    /// [`OrganizationError::KeyReused`].
    pub async fn create_organization(
        &self,
        user: UserId,
        name: OrganizationName,
        once: Once<'_, Organization>,
        device: &Device,
    ) -> Result<Created<Organization>, OrganizationError> {
        let now = self.now();
        let organization = new_organization(name, now);
        let remember = once.remember(&organization, now)?;
        let entry = founded(&organization, Author::user(user, device));
        Ok(
            match self
                .ports
                .organizations
                .create(&organization, user, remember.as_ref(), &entry)
                .await?
            {
                Created::Now(()) => Created::Now(organization),
                Created::Before(answer) => Created::Before(answer),
            },
        )
    }

    /// The member's organization.
    ///
    /// # Errors
    ///
    /// [`OrganizationError::Denied`] for any other.
    pub async fn organization(
        &self,
        member: &Member,
        organization: OrganizationId,
    ) -> Result<Organization, OrganizationError> {
        require(member, organization, Role::Viewer)?;
        self.any_organization(organization).await
    }

    /// Renames the organization; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`OrganizationError`] says.
    pub async fn rename_organization(
        &self,
        member: &Member,
        organization: OrganizationId,
        name: &OrganizationName,
        expected: Expected,
        device: &Device,
    ) -> Result<Organization, OrganizationError> {
        require(member, organization, Role::Admin)?;
        let author = Author::member(member, device);
        self.rename(organization, name, expected, author).await
    }

    /// Deletes the organization and everything it owns; takes an owner. Its members' tokens for it and its API keys
    /// are refused from then on.
    ///
    /// # Errors
    ///
    /// As [`OrganizationError`] says.
    pub async fn delete_organization(
        &self,
        member: &Member,
        organization: OrganizationId,
        expected: Expected,
        device: &Device,
    ) -> Result<(), OrganizationError> {
        require(member, organization, Role::Owner)?;
        let author = Author::member(member, device);
        self.delete(organization, expected, author).await
    }

    /// Renames it for somebody who may.
    pub(super) async fn rename(
        &self,
        organization: OrganizationId,
        name: &OrganizationName,
        expected: Expected,
        author: Author,
    ) -> Result<Organization, OrganizationError> {
        let entry = Entry::new(self.now(), author, Action::OrganizationRenamed)
            .of(organization)
            .about(SubjectKind::Organization, organization);
        let organizations = &self.ports.organizations;
        Ok(organizations.rename(organization, name, expected, &entry).await?)
    }

    /// Deletes it for somebody who may.
    pub(super) async fn delete(
        &self,
        organization: OrganizationId,
        expected: Expected,
        author: Author,
    ) -> Result<(), OrganizationError> {
        let now = self.now();
        let entry = Entry::new(now, author, Action::OrganizationDeleted)
            .of(organization)
            .about(SubjectKind::Organization, organization);
        let revocations = self
            .ports
            .organizations
            .delete(organization, expected, now, self.lifetimes.forget_at(now), &entry)
            .await?;
        self.ports.api_keys.refuse_organization(organization, now);
        tracing::info!(%organization, by = entry.author.kind.as_str(), by_user = entry.author.user_id().map(tracing::field::display), "deleted an organization");
        self.spread(&revocations).await;
        Ok(())
    }
}
