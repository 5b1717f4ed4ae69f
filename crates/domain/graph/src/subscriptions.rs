mod administration;
mod remote_work;

use std::sync::Arc;

use tenon_kernel::{
    Action, Author, Clock, Created, Device, Entry, Expected, GraphSubscriptionId, Journal, Keyring, Member, Once,
    OrganizationId, Page, PageRequest, SubjectKind,
};

use crate::intake::require_admin;
use crate::{
    Apps, CertificateId, Certificates, ClientStates, Envelope, GraphError, Lifetimes, NewSubscription, Registry,
    Remote, Subscription,
};

/// What [`Subscriptions`] stands on.
#[derive(Clone)]
pub struct SubscriptionsPorts {
    pub registry: Arc<dyn Registry>,
    pub apps: Arc<dyn Apps>,
    pub certificates: Arc<dyn Certificates>,
    pub remote: Arc<dyn Remote>,
    pub envelope: Arc<dyn Envelope>,
    pub client_states: Arc<dyn ClientStates>,
    pub keyring: Arc<dyn Keyring>,
    pub journal: Arc<dyn Journal>,
    pub clock: Arc<dyn Clock>,
}

/// How subscriptions are made.
#[derive(Debug, Clone)]
pub struct SubscriptionsConfig {
    /// Where Graph reaches this installation: the address of the webhook.
    pub webhook_url: Option<String>,
    pub lifetimes: Lifetimes,
}

/// The subscriptions of organizations. What concerns Graph is a task for later: requests store what is wanted and return.
#[derive(Clone)]
pub struct Subscriptions {
    ports: SubscriptionsPorts,
    config: Arc<SubscriptionsConfig>,
}

impl Subscriptions {
    /// The service over its ports.
    pub fn new(ports: SubscriptionsPorts, config: SubscriptionsConfig) -> Self {
        Self {
            ports,
            config: Arc::new(config),
        }
    }

    /// Subscribes; takes an admin. Graph is asked at once, but after this.
    ///
    /// # Errors
    ///
    /// As [`GraphError`] says.
    pub async fn subscribe(
        &self,
        member: &Member,
        wanted: NewSubscription,
        once: Once<'_, Subscription>,
        device: &Device,
    ) -> Result<Created<Subscription>, GraphError> {
        let organization = require_admin(member)?;
        if self.config.webhook_url.is_none() {
            return Err(GraphError::NotConfigured);
        }
        let now = self.ports.clock.now();
        let subscription = Subscription::new(organization, wanted, now);
        let remember = once.remember(&subscription, now)?;
        let author = Author::member(member, device);
        let entry = self.entry(author, Action::SubscriptionCreated, organization, subscription.id);
        let entry = entry.with("resource", subscription.resource.as_str());
        let made = self.ports.registry.insert(&subscription, remember.as_ref(), &entry);
        Ok(match made.await? {
            Created::Now(()) => Created::Now(subscription),
            Created::Before(answer) => Created::Before(answer),
        })
    }

    /// The subscriptions of the organization; takes an admin.
    ///
    /// # Errors
    ///
    /// [`GraphError::Denied`], [`GraphError::Unavailable`].
    pub async fn list(
        &self,
        member: &Member,
        page: &PageRequest<GraphSubscriptionId>,
    ) -> Result<Page<Subscription, GraphSubscriptionId>, GraphError> {
        Ok(self.ports.registry.list(require_admin(member)?, page).await?)
    }

    /// One subscription; takes an admin.
    ///
    /// # Errors
    ///
    /// [`GraphError::Denied`], [`GraphError::NotFound`], [`GraphError::Unavailable`].
    pub async fn find(&self, member: &Member, id: GraphSubscriptionId) -> Result<Subscription, GraphError> {
        let found = self.ports.registry.find(require_admin(member)?, id).await?;
        found.ok_or(GraphError::NotFound)
    }

    /// Ends a subscription; takes an admin. It is there as `deleting` until Graph has deleted it.
    ///
    /// # Errors
    ///
    /// As [`GraphError`] says.
    pub async fn end(
        &self,
        member: &Member,
        id: GraphSubscriptionId,
        expected: Expected,
        device: &Device,
    ) -> Result<(), GraphError> {
        let organization = require_admin(member)?;
        let author = Author::member(member, device);
        let entry = self.entry(author, Action::SubscriptionDeleted, organization, id);
        Ok(self.ports.registry.dismiss(organization, id, expected, &entry).await?)
    }

    fn entry(&self, by: Author, action: Action, organization: OrganizationId, id: GraphSubscriptionId) -> Entry {
        Entry::new(self.ports.clock.now(), by, action)
            .of(organization)
            .about(SubjectKind::Subscription, id)
    }

    /// Has it renewed soon, or created if that did not work so far; takes an admin.
    ///
    /// # Errors
    ///
    /// [`GraphError::Denied`], [`GraphError::NotFound`], [`GraphError::Unavailable`].
    pub async fn ask_for_renewal(
        &self,
        member: &Member,
        id: GraphSubscriptionId,
        device: &Device,
    ) -> Result<Subscription, GraphError> {
        let found = self.find(member, id).await?;
        let author = Author::member(member, device);
        let entry = self.entry(author, Action::SubscriptionRenewed, found.organization, id);
        let entry = entry.with("resource", found.resource.as_str());
        self.ports.registry.ask(found.task(), &entry).await?;
        Ok(found)
    }

    /// Notes that whoever uses the subscription has read what was missed; takes an admin.
    ///
    /// # Errors
    ///
    /// [`GraphError::Denied`], [`GraphError::NotFound`], [`GraphError::Unavailable`].
    pub async fn caught_up(&self, member: &Member, id: GraphSubscriptionId) -> Result<Subscription, GraphError> {
        let organization = require_admin(member)?;
        let now = self.ports.clock.now();
        let found = self.ports.registry.caught_up(organization, id, now).await?;
        found.ok_or(GraphError::NotFound)
    }

    /// Makes a new certificate, and leaves the tasks that renew all subscriptions with resource data for it; takes an admin. What was
    /// encrypted for an old one still opens.
    ///
    /// # Errors
    ///
    /// [`GraphError::Denied`], [`GraphError::OrganizationGone`], [`GraphError::Unavailable`].
    pub async fn rotate_certificate(&self, member: &Member, device: &Device) -> Result<CertificateId, GraphError> {
        let organization = require_admin(member)?;
        let author = Author::member(member, device);
        let certificate = self.new_certificate(organization, Some(author)).await?;
        Ok(certificate.id)
    }
}
