use diesel::prelude::*;
use tenon_graph::{
    Batch, BatchId, CertificateId, ChangeTypes, ClientStateDigest, Known, Marks, Notification, RemoteId, Resource,
    Settled, State, StoredCertificate, Subscription, SubscriptionState, Verdict,
};
use tenon_kernel::{CredentialId, GraphSubscriptionId, NotificationId, OrganizationId, Timestamp, Version};

use super::vault::sealed;
use super::{digest, sound};
use crate::schema::{graph_batches, graph_certificates, graph_notifications, graph_subscriptions};
use crate::types::{At, Key};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = graph_batches)]
pub struct BatchRow {
    id: Key<BatchId>,
    key_id: String,
    wrapped: Vec<u8>,
    sealed: Vec<u8>,
    received_at: At,
}

impl From<&Batch> for BatchRow {
    fn from(batch: &Batch) -> Self {
        Self {
            id: Key(batch.id),
            key_id: batch.body.key.0.clone(),
            wrapped: batch.body.wrapped.clone(),
            sealed: batch.body.text.clone(),
            received_at: At(batch.received_at),
        }
    }
}

impl BatchRow {
    pub fn into_batch(self) -> Batch {
        Batch {
            id: self.id.0,
            body: sealed(self.key_id, self.wrapped, self.sealed),
            received_at: self.received_at.0,
        }
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = graph_certificates)]
pub struct CertificateRow {
    organization_id: Key<OrganizationId>,
    id: Key<CertificateId>,
    der: Vec<u8>,
    thumbprint: String,
    key_id: String,
    wrapped: Vec<u8>,
    sealed: Vec<u8>,
    created_at: At,
    expires_at: At,
}

impl From<&StoredCertificate> for CertificateRow {
    fn from(certificate: &StoredCertificate) -> Self {
        Self {
            organization_id: Key(certificate.organization),
            id: Key(certificate.id),
            der: certificate.der.clone(),
            thumbprint: certificate.thumbprint.clone(),
            key_id: certificate.private_key.key.0.clone(),
            wrapped: certificate.private_key.wrapped.clone(),
            sealed: certificate.private_key.text.clone(),
            created_at: At(certificate.created_at),
            expires_at: At(certificate.expires_at),
        }
    }
}

impl CertificateRow {
    pub fn into_certificate(self) -> StoredCertificate {
        StoredCertificate {
            id: self.id.0,
            organization: self.organization_id.0,
            der: self.der,
            thumbprint: self.thumbprint,
            private_key: sealed(self.key_id, self.wrapped, self.sealed),
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
        }
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = graph_subscriptions)]
pub struct SubscriptionRow {
    organization_id: Key<OrganizationId>,
    id: Key<GraphSubscriptionId>,
    credential_id: Key<CredentialId>,
    resource: String,
    change_types: String,
    is_rich: bool,
    state: String,
    remote_id: Option<String>,
    certificate_id: Option<String>,
    expires_at: Option<At>,
    renew_at: Option<At>,
    problem: Option<String>,
    delta_since: Option<At>,
    resync_since: Option<At>,
    client_state: Option<Vec<u8>>,
    version: i64,
    created_at: At,
    updated_at: At,
    confirmed_at: Option<At>,
}

impl From<&Subscription> for SubscriptionRow {
    fn from(subscription: &Subscription) -> Self {
        Self {
            organization_id: Key(subscription.organization),
            id: Key(subscription.id),
            credential_id: Key(subscription.credential),
            resource: subscription.resource.as_str().to_owned(),
            change_types: subscription.changes.joined(),
            is_rich: subscription.is_rich,
            state: subscription.state.as_str().to_owned(),
            remote_id: subscription.remote.as_ref().map(|id| id.0.clone()),
            certificate_id: subscription.certificate.clone(),
            expires_at: subscription.expires_at.map(At),
            renew_at: subscription.renew_at.map(At),
            problem: subscription.problem.clone(),
            delta_since: subscription.delta_since.map(At),
            resync_since: subscription.resync_since.map(At),
            client_state: subscription.client_state.map(|state| state.0.to_vec()),
            version: subscription.version.get(),
            created_at: At(subscription.created_at),
            updated_at: At(subscription.updated_at),
            confirmed_at: subscription.confirmed_at.map(At),
        }
    }
}

impl SubscriptionRow {
    pub fn into_subscription(self) -> QueryResult<Subscription> {
        Ok(Subscription {
            id: self.id.0,
            organization: self.organization_id.0,
            credential: self.credential_id.0,
            resource: sound(Resource::parse(&self.resource))?,
            changes: sound(ChangeTypes::parse(self.change_types.split(',')))?,
            is_rich: self.is_rich,
            state: sound(SubscriptionState::parse(&self.state))?,
            remote: self.remote_id.map(RemoteId),
            certificate: self.certificate_id,
            expires_at: self.expires_at.map(|at| at.0),
            renew_at: self.renew_at.map(|at| at.0),
            problem: self.problem,
            delta_since: self.delta_since.map(|at| at.0),
            resync_since: self.resync_since.map(|at| at.0),
            client_state: self
                .client_state
                .map(|state| digest(&state).map(ClientStateDigest))
                .transpose()?,
            version: Version::new(self.version),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            confirmed_at: self.confirmed_at.map(|at| at.0),
        })
    }
}

/// What of a subscription decides whom a notification is for.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = graph_subscriptions)]
pub struct KnownRow {
    organization_id: Key<OrganizationId>,
    id: Key<GraphSubscriptionId>,
    credential_id: Key<CredentialId>,
    remote_id: Option<String>,
    client_state: Option<Vec<u8>>,
}

impl KnownRow {
    /// Nothing of one that Graph was never asked for.
    pub fn into_known(self) -> QueryResult<Option<Known>> {
        let Some(state) = self.client_state else {
            return Ok(None);
        };
        Ok(Some(Known {
            id: self.id.0,
            organization: self.organization_id.0,
            credential: self.credential_id.0,
            remote: self.remote_id.map(RemoteId),
            client_state: ClientStateDigest(digest(&state)?),
        }))
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = graph_notifications)]
pub struct NotificationRow {
    pub id: Key<NotificationId>,
    batch_id: Key<BatchId>,
    position: i64,
    organization_id: Option<Key<OrganizationId>>,
    subscription_id: Option<Key<GraphSubscriptionId>>,
    quarantine: Option<String>,
    change: String,
    resource: String,
    is_rich: bool,
    name_digest: Option<Vec<u8>>,
    edit_digest: Option<Vec<u8>>,
    received_at: At,
    settled_at: At,
}

impl NotificationRow {
    pub fn new(batch: BatchId, received_at: Timestamp, settled: &Settled, now: Timestamp) -> Self {
        let (quarantine, marks) = match &settled.verdict {
            Verdict::Believed(marks) => (None, *marks),
            Verdict::Doubted(reason) => (Some(*reason), Marks::default()),
        };
        Self {
            id: Key(settled.id),
            batch_id: Key(batch),
            position: settled.position.into(),
            organization_id: settled.organization.map(Key),
            subscription_id: settled.subscription.map(Key),
            quarantine: quarantine.map(|reason| reason.as_str().to_owned()),
            change: settled.change.as_str().to_owned(),
            resource: settled.resource.clone(),
            is_rich: settled.is_rich,
            name_digest: marks.name.map(Vec::from),
            edit_digest: marks.edit.map(Vec::from),
            received_at: At(received_at),
            settled_at: At(now),
        }
    }

    pub fn into_notification(self) -> QueryResult<Notification> {
        let state = match self.quarantine {
            None => State::Processed,
            Some(reason) => State::Quarantined(sound(reason.parse())?),
        };
        Ok(Notification {
            id: self.id.0,
            batch: self.batch_id.0,
            position: sound(u32::try_from(self.position))?,
            organization: self.organization_id.map(|key| key.0),
            subscription: self.subscription_id.map(|key| key.0),
            state,
            change: sound(self.change.parse())?,
            resource: self.resource,
            is_rich: self.is_rich,
            received_at: self.received_at.0,
            settled_at: self.settled_at.0,
        })
    }
}
