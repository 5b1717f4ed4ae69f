//! What is done at Graph. No lock and no transaction is held meanwhile, because Graph calls back.

use std::time::Duration;

use secrecy::SecretString;
use tenon_kernel::{
    Action, Author, Entry, GraphSubscriptionId, Id, OrganizationId, SubjectKind, Timestamp, Unavailable,
};

use super::Subscriptions;
use crate::{
    App, ClientStateDigest, Granted, KeepError, PublicCertificate, RemoteError, RemoteId, StoredCertificate,
    Subscription, SubscriptionState, Task, TaskError, Wanted,
};

/// A certificate is replaced when less than this is left of it.
const CERTIFICATE_MARGIN: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// What is on its way to or from Graph for longer has lost its job.
const STUCK: Duration = Duration::from_secs(15 * 60);

impl Subscriptions {
    /// Leaves the tasks of the subscriptions that are to be renewed by now or that are stuck, and says how many those are.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn ask_for_renewals(&self) -> Result<u64, Unavailable> {
        let now = self.ports.clock.now();
        self.ports.registry.ask_for_renewals(now, now.minus(STUCK)).await
    }

    /// Does a task that calls Graph. One that was done already, or is not wanted any more, is done.
    ///
    /// # Errors
    ///
    /// As [`TaskError`] says.
    pub async fn perform(&self, task: Task) -> Result<(), TaskError> {
        let (organization, id) = match task {
            Task::Create(organization, id)
            | Task::Renew(organization, id)
            | Task::Reauthorize(organization, id)
            | Task::Delete(organization, id) => (organization, id),
            Task::Process(_) | Task::Replay(_) => return Err(TaskError::Never("not a task for Graph".to_owned())),
        };
        let Some(subscription) = self.ports.registry.find(organization, id).await? else {
            return Ok(());
        };
        let done = match (task, subscription.state) {
            (Task::Create(..), SubscriptionState::Creating) => self.create(&subscription).await,
            (Task::Renew(..), SubscriptionState::Active) => self.renew(&subscription).await,
            (Task::Reauthorize(..), SubscriptionState::Active) => self.reauthorize(&subscription).await,
            (Task::Delete(..), SubscriptionState::Deleting) => self.delete(&subscription).await,
            _ => return Ok(()),
        };
        let Err(error) = done else { return Ok(()) };
        let problem = error.to_string();
        let now = self.ports.clock.now();
        if let Err(error) = self.ports.registry.trouble(&subscription, Some(&problem), now).await {
            tracing::warn!(%error, "cannot note what went wrong with a subscription");
        }
        Err(error)
    }

    async fn create(&self, subscription: &Subscription) -> Result<(), TaskError> {
        let app = self.app(subscription).await?;
        let client_state = self.ports.client_states.draw()?;
        let wanted = self.wanted(subscription, client_state.clone()).await?;
        let digest = ClientStateDigest::of_secret(&client_state);
        let begun = self.ports.registry.begin(subscription, digest, self.ports.clock.now());
        begun.await?;
        let granted = self.ports.remote.create(&app, &wanted).await.map_err(refused)?;
        let begun = Subscription {
            client_state: Some(digest),
            ..subscription.clone()
        };
        if self.note(&begun, &granted, wanted.certificate).await? {
            return Ok(());
        }
        // It was ended meanwhile, or somebody else was faster: nobody would know of this one.
        self.delete_there(&app, &granted.id).await
    }

    async fn wanted(&self, subscription: &Subscription, client_state: SecretString) -> Result<Wanted, TaskError> {
        let Some(notification_url) = self.config.webhook_url.clone() else {
            return Err(TaskError::Unasked("no webhook address is configured"));
        };
        Ok(Wanted {
            change_types: subscription.changes.joined(),
            notification_url,
            resource: subscription.resource.as_str().to_owned(),
            expires_at: self.lasts_until(subscription),
            client_state,
            certificate: self.certificate(subscription).await?,
        })
    }

    async fn renew(&self, subscription: &Subscription) -> Result<(), TaskError> {
        let Some(remote) = &subscription.remote else {
            return Ok(self.ports.registry.lost(subscription, self.ports.clock.now()).await?);
        };
        let app = self.app(subscription).await?;
        let certificate = self.certificate(subscription).await?;
        let renewed = self
            .ports
            .remote
            .renew(&app, remote, self.lasts_until(subscription), certificate.as_ref());
        match renewed.await {
            Ok(granted) => self.note(subscription, &granted, certificate).await.map(drop),
            Err(RemoteError::NotFound) => Ok(self.ports.registry.lost(subscription, self.ports.clock.now()).await?),
            Err(error) => Err(refused(error)),
        }
    }

    async fn reauthorize(&self, subscription: &Subscription) -> Result<(), TaskError> {
        let Some(remote) = &subscription.remote else {
            return Ok(());
        };
        let app = self.app(subscription).await?;
        match self.ports.remote.reauthorize(&app, remote).await {
            Ok(()) => Ok(self
                .ports
                .registry
                .trouble(subscription, None, self.ports.clock.now())
                .await?),
            Err(RemoteError::NotFound) => Ok(self.ports.registry.lost(subscription, self.ports.clock.now()).await?),
            Err(error) => Err(refused(error)),
        }
    }

    async fn delete(&self, subscription: &Subscription) -> Result<(), TaskError> {
        let is_over = subscription.expires_at.is_some_and(|end| end < self.ports.clock.now());
        if let Some(remote) = subscription.remote.as_ref().filter(|_| !is_over) {
            self.delete_there(&self.app(subscription).await?, remote).await?;
        }
        let forgotten = self.ports.registry.forget(subscription.organization, subscription.id);
        Ok(forgotten.await?)
    }

    async fn delete_there(&self, app: &App, remote: &RemoteId) -> Result<(), TaskError> {
        match self.ports.remote.delete(app, remote).await {
            Ok(()) | Err(RemoteError::NotFound) => Ok(()),
            Err(error) => Err(refused(error)),
        }
    }

    async fn app(&self, subscription: &Subscription) -> Result<App, TaskError> {
        let (organization, credential) = (subscription.organization, subscription.credential);
        let app = self.ports.apps.app(organization, credential).await?;
        app.ok_or(TaskError::Unasked("the credential cannot be used"))
    }

    /// Notes what Graph gave. False when the subscription is another one by now.
    async fn note(
        &self,
        subscription: &Subscription,
        granted: &Granted,
        certificate: Option<PublicCertificate>,
    ) -> Result<bool, TaskError> {
        let now = self.ports.clock.now();
        let renew_at = renewal(now, granted.expires_at, subscription.id);
        let certificate = certificate.map(|certificate| certificate.id);
        let noted = self
            .ports
            .registry
            .granted(subscription, granted, renew_at, certificate.as_deref(), now);
        Ok(noted.await?)
    }

    /// The certificate to encrypt for, which is made when there is none that lasts.
    async fn certificate(&self, subscription: &Subscription) -> Result<Option<PublicCertificate>, KeepError> {
        if !subscription.is_rich {
            return Ok(None);
        }
        let organization = subscription.organization;
        let lasts = |found: &StoredCertificate| found.expires_at > self.ports.clock.now().plus(CERTIFICATE_MARGIN);
        let latest = self.ports.certificates.latest(organization).await?.filter(lasts);
        let certificate = match latest {
            Some(certificate) => certificate,
            None => self.new_certificate(organization, None).await?,
        };
        Ok(Some(PublicCertificate {
            id: certificate.id.to_string(),
            der: certificate.der,
        }))
    }

    /// Makes a certificate and keeps it; asks for the renewals of all who use one if somebody asked for it.
    pub(super) async fn new_certificate(
        &self,
        organization: OrganizationId,
        asked: Option<Author>,
    ) -> Result<StoredCertificate, KeepError> {
        let now = self.ports.clock.now();
        let made = self.ports.envelope.certificate(now)?;
        let id = Id::at(now);
        let slot = StoredCertificate::slot(organization, id);
        let certificate = StoredCertificate {
            id,
            organization,
            private_key: self.ports.keyring.seal(&made.private_key, &slot)?,
            der: made.der,
            thumbprint: made.thumbprint,
            created_at: now,
            expires_at: made.not_after,
        };
        let rotated = |author| {
            let entry = Entry::new(now, author, Action::CertificateRotated);
            entry.of(organization).about(SubjectKind::Certificate, id)
        };
        let entry = asked.map(rotated);
        self.ports.certificates.insert(&certificate, entry.as_ref()).await?;
        Ok(certificate)
    }

    fn lasts_until(&self, subscription: &Subscription) -> Timestamp {
        let lifetime = self
            .config
            .lifetimes
            .of(subscription.resource.as_str(), subscription.is_rich);
        self.ports.clock.now().plus(lifetime)
    }
}

/// When to renew: after six to eight tenths of the time, so that those that were made together are not renewed together.
fn renewal(now: Timestamp, end: Timestamp, id: GraphSubscriptionId) -> Timestamp {
    let [.., last] = *id.as_bytes();
    let share = 0.6 + 0.2 * f64::from(last) / 255.0;
    now.plus(end.since(now).mul_f64(share))
}

fn refused(error: RemoteError) -> TaskError {
    match error {
        RemoteError::Throttled(span) => TaskError::After(span, error.to_string()),
        RemoteError::NotFound | RemoteError::Refused { .. } | RemoteError::Unavailable(_) => {
            TaskError::Later(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewals_come_well_before_the_end_and_not_together() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let end = now.plus(Duration::from_secs(1000));
        let times: std::collections::BTreeSet<_> = (0..100)
            .map(|_| renewal(now, end, Id::at(now)).since(now).as_secs())
            .collect();
        assert!(times.len() > 10);
        assert!(times.iter().all(|seconds| (600..=800).contains(seconds)));
    }
}
