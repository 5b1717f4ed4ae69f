//! What people see of notifications, and how they have one judged again.

use tenon_kernel::{Member, NotificationId, OrganizationId, Page, PageRequest, Role};
use zeroize::Zeroizing;

use super::Intake;
use crate::{
    Batch, ClientStateDigest, GraphError, Item, Known, Notification, NotificationFilter, RemoteId, Scope, State,
    TaskError, read,
};

impl Scope {
    /// The organization of a member who may see its notifications: an admin.
    ///
    /// # Errors
    ///
    /// [`GraphError::Denied`].
    pub fn of_member(member: &Member) -> Result<Self, GraphError> {
        require_admin(member).map(Self::Of)
    }
}

/// Refuses whoever is no admin.
pub(crate) fn require_admin(member: &Member) -> Result<OrganizationId, GraphError> {
    if member.role >= Role::Admin {
        Ok(member.organization)
    } else {
        Err(GraphError::Denied)
    }
}

/// Nothing can be done with a batch that is gone.
pub(super) fn forgotten() -> TaskError {
    TaskError::Never("what was posted is kept no longer".to_owned())
}

impl Intake {
    /// The notifications of the scope, the latest first.
    ///
    /// # Errors
    ///
    /// [`GraphError::Unavailable`].
    pub async fn notifications(
        &self,
        scope: Scope,
        filter: NotificationFilter,
        page: &PageRequest<NotificationId>,
    ) -> Result<Page<Notification, NotificationId>, GraphError> {
        Ok(self.ports.notifications.list(scope, filter, page).await?)
    }

    /// One of them, and the resource that it brought, if it did and is believed and is still kept.
    ///
    /// # Errors
    ///
    /// [`GraphError::NotFound`], [`GraphError::Unavailable`].
    pub async fn notification(
        &self,
        scope: Scope,
        id: NotificationId,
    ) -> Result<(Notification, Option<Zeroizing<Vec<u8>>>), GraphError> {
        let found = self.found(scope, id).await?;
        let content = match (found.state, found.is_rich, found.organization) {
            (State::Processed, true, Some(organization)) => self.content(&found, organization).await?,
            _ => None,
        };
        Ok((found, content))
    }

    async fn found(&self, scope: Scope, id: NotificationId) -> Result<Notification, GraphError> {
        let found = self.ports.notifications.find(scope, id).await?;
        found.ok_or(GraphError::NotFound)
    }

    async fn content(
        &self,
        notification: &Notification,
        organization: OrganizationId,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, GraphError> {
        let Some(batch) = self.ports.inbox.batch(notification.batch).await? else {
            return Ok(None);
        };
        let body = match self.ports.keyring.open(&batch.body, &Batch::slot(batch.id)) {
            Ok(body) => body,
            Err(error) => return error.later().map_or(Ok(None), |error| Err(error.into())),
        };
        let index = usize::try_from(notification.position).unwrap_or(usize::MAX);
        let item = read(&body).ok().and_then(|posted| posted.items.into_iter().nth(index));
        let Some(content) = item.and_then(|item| item.content) else {
            return Ok(None);
        };
        let certificate = self.certificate(organization, &content.certificate_id).await?;
        Ok(certificate.and_then(|certificate| self.decrypt(&certificate, &content).ok()))
    }

    /// Has a notification in quarantine judged again, soon.
    ///
    /// # Errors
    ///
    /// [`GraphError::NotFound`], [`GraphError::NotQuarantined`], [`GraphError::Forgotten`], [`GraphError::Unavailable`].
    pub async fn ask_for_replay(&self, scope: Scope, id: NotificationId) -> Result<Notification, GraphError> {
        let found = self.found(scope, id).await?;
        if found.state.reason().is_none() {
            return Err(GraphError::NotQuarantined);
        }
        if self.ports.inbox.batch(found.batch).await?.is_none() {
            return Err(GraphError::Forgotten);
        }
        self.ports.notifications.replay(id, self.ports.clock.now()).await?;
        Ok(found)
    }

    /// Judges a notification in quarantine again.
    ///
    /// # Errors
    ///
    /// As [`TaskError`] says.
    pub async fn replay(&self, id: NotificationId) -> Result<(), TaskError> {
        let Some(found) = self.ports.inbox.notification(id).await? else {
            return Ok(());
        };
        let Some(batch) = self.ports.inbox.batch(found.batch).await? else {
            return Err(forgotten());
        };
        let body = self.open(&batch)?;
        let Ok(posted) = read(&body) else {
            return Ok(());
        };
        let now = self.ports.clock.now();
        let mut settled = self.judge(&posted, &found, batch.received_at, now).await?;
        settled.id = id;
        Ok(self.ports.inbox.resettle(&settled, now).await?)
    }

    /// The subscription that a notification is stored with, as it is to be judged by: its id at Graph may be another one by now.
    pub(super) async fn known_before(&self, before: &Notification, item: &Item) -> Result<Option<Known>, TaskError> {
        let (Some(organization), Some(id)) = (before.organization, before.subscription) else {
            return Ok(None);
        };
        let found = self.ports.registry.find(organization, id).await?;
        let Some(subscription) = found else { return Ok(None) };
        let client_state = match before.state.reason() {
            // What was doubted for something else had the client state of that time, and there may be another one since.
            Some(reason) if reason.is_of_content() => Some(ClientStateDigest::of(&item.client_state)),
            _ => subscription.client_state,
        };
        Ok(client_state.map(|client_state| Known {
            id,
            organization,
            credential: subscription.credential,
            remote: Some(RemoteId(item.subscription.clone())),
            client_state,
        }))
    }
}
