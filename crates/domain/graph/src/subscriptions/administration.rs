//! What the operator does with an organization's subscriptions. Graph is asked at once, and what it answers is told.

use tenon_kernel::{
    Action, Author, Device, Expected, GraphSubscriptionId, OrganizationId, Page, PageRequest, Unavailable,
};

use super::Subscriptions;
use crate::{AskError, GraphError, Subscription, SubscriptionState, Task};

impl Subscriptions {
    /// The subscriptions of an organization.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn list_of(
        &self,
        organization: OrganizationId,
        page: &PageRequest<GraphSubscriptionId>,
    ) -> Result<Page<Subscription, GraphSubscriptionId>, Unavailable> {
        self.ports.registry.list(organization, page).await
    }

    /// One of them.
    ///
    /// # Errors
    ///
    /// [`GraphError::NotFound`], [`GraphError::Unavailable`].
    pub async fn find_of(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
    ) -> Result<Subscription, GraphError> {
        let found = self.ports.registry.find(organization, id).await?;
        found.ok_or(GraphError::NotFound)
    }

    /// Has Graph renew it now, or create or delete it if that is what did not work so far, and says how it does then, which is
    /// active: nothing when it is deleted. One that Graph has lost is to be created anew, which a server does.
    ///
    /// # Errors
    ///
    /// As [`AskError`] says. What Graph refused is noted.
    pub async fn renew_now(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
        device: &Device,
    ) -> Result<Option<Subscription>, AskError> {
        let found = self.ports.registry.find(organization, id).await?;
        let found = found.ok_or(AskError::NotFound)?;
        let entry = self.entry(Author::operator(device), Action::SubscriptionRenewed, organization, id);
        let entry = entry.with("resource", found.resource.as_str());
        self.ports.journal.enter(&entry).await?;
        self.perform(found.task()).await?;
        let renewed = self.ports.registry.find(organization, id).await?;
        match renewed.as_ref().map(|renewed| renewed.state) {
            None | Some(SubscriptionState::Active) => Ok(renewed),
            Some(SubscriptionState::Creating) => Err(AskError::Lost),
            Some(state @ SubscriptionState::Deleting) => Err(AskError::Changed(state)),
        }
    }

    /// Ends it, and has Graph delete it now. What Graph does not delete is left to a server.
    ///
    /// # Errors
    ///
    /// As [`AskError`] says.
    pub async fn end_now(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
        device: &Device,
    ) -> Result<(), AskError> {
        let entry = self.entry(Author::operator(device), Action::SubscriptionDeleted, organization, id);
        let registry = &self.ports.registry;
        registry.dismiss(organization, id, Expected::Any, &entry).await?;
        Ok(self.perform(Task::Delete(organization, id)).await?)
    }
}
