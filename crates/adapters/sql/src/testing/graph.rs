//! What is asked of notifications, subscriptions and certificates.

use tenon_graph::{
    Batch, ChangeTypes, ClientStateDigest, Granted, Marks, NewSubscription, NotificationFilter, RemoteId, Resource,
    Scope, Settled, StoredCertificate, Subscription, Task, Verdict,
};
use tenon_kernel::{Expected, GraphChange, Id, KeyId, Limit, PageRequest, Sealed, Timestamp, Version};
use tenon_vault::{Credential, CredentialKind, CredentialName};

use super::audit::entry;
use super::keys::somebody;
use crate::Store;

fn sealed() -> Sealed {
    Sealed {
        key: KeyId("0123456789abcdef".to_owned()),
        wrapped: vec![0; 60],
        text: vec![0; 28],
    }
}

fn requests<T>(after: Id<T>) -> [PageRequest<Id<T>>; 2] {
    [None, Some(after)].map(|after| PageRequest {
        limit: Limit::default(),
        after,
        count: true,
    })
}

/// Asks everything that can be asked of them.
pub async fn ask(store: &Store, now: Timestamp) {
    let registration = somebody(now, "graph");
    store.users.register(&registration).await.unwrap();
    let organization = registration.organization.id;
    let credential = Credential {
        id: Id::at(now),
        organization,
        name: CredentialName::parse("App").unwrap(),
        kind: CredentialKind::MicrosoftGraph,
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
        created_by: registration.user.id,
    };
    store
        .credentials
        .create(&credential, &sealed(), None, &entry())
        .await
        .unwrap();
    let subscription = Subscription::new(
        organization,
        NewSubscription {
            credential: credential.id,
            resource: Resource::parse("users").unwrap(),
            changes: ChangeTypes::parse(["created"]).unwrap(),
            is_rich: true,
        },
        now,
    );
    ask_of_subscriptions(store, &subscription, now).await;
    ask_of_certificates(store, &subscription, now).await;
    ask_of_notifications(store, &subscription, now).await;
    let registry = &store.registry;
    registry.lost(&subscription, now).await.unwrap();
    registry
        .dismiss(organization, subscription.id, Expected::Any, &entry())
        .await
        .unwrap();
    registry.forget(organization, subscription.id).await.unwrap();
}

async fn ask_of_subscriptions(store: &Store, subscription: &Subscription, now: Timestamp) {
    let (registry, organization) = (&store.registry, subscription.organization);
    registry.insert(subscription, None, &entry()).await.unwrap();
    registry.find(organization, subscription.id).await.unwrap();
    for request in requests(subscription.id) {
        registry.list(organization, &request).await.unwrap();
    }
    let (remote, state) = (RemoteId("remote".to_owned()), ClientStateDigest([7; 32]));
    registry.begin(subscription, state, now).await.unwrap();
    registry.known(std::slice::from_ref(&remote), &[state]).await.unwrap();
    let granted = Granted {
        id: remote,
        expires_at: now,
    };
    registry.granted(subscription, &granted, now, None, now).await.unwrap();
    registry.ask_for_renewals(now, now).await.unwrap();
    registry
        .ask(Task::Renew(organization, subscription.id), &entry())
        .await
        .unwrap();
    registry.trouble(subscription, None, now).await.unwrap();
    registry.caught_up(organization, subscription.id, now).await.unwrap();
}

async fn ask_of_certificates(store: &Store, subscription: &Subscription, now: Timestamp) {
    let (certificates, organization) = (&store.certificates, subscription.organization);
    let certificate = StoredCertificate {
        id: Id::at(now),
        organization,
        der: vec![1],
        thumbprint: "AB".repeat(20),
        private_key: sealed(),
        created_at: now,
        expires_at: now,
    };
    certificates.insert(&certificate, Some(&entry())).await.unwrap();
    certificates.latest(organization).await.unwrap();
    certificates.find(organization, certificate.id).await.unwrap();
}

async fn ask_of_notifications(store: &Store, subscription: &Subscription, now: Timestamp) {
    let batch = Batch {
        id: Id::at(now),
        body: sealed(),
        received_at: now,
    };
    store.inbox.accept(&batch).await.unwrap();
    store.inbox.batch(batch.id).await.unwrap();
    let settled = Settled {
        id: Id::at(now),
        position: 0,
        organization: Some(subscription.organization),
        subscription: Some(subscription.id),
        change: GraphChange::Missed,
        resource: "users/1".to_owned(),
        is_rich: false,
        verdict: Verdict::Believed(Marks::default()),
    };
    let together = std::slice::from_ref(&settled);
    store.inbox.settle(batch.id, now, together, now).await.unwrap();
    store.inbox.resettle(&settled, now).await.unwrap();
    store.inbox.notification(settled.id).await.unwrap();
    let later = now.plus(std::time::Duration::from_secs(1));
    for after in [None, Some(Id::first_at(now))] {
        store.inbox.forget_batches(later, after, 10).await.unwrap();
    }
    store.inbox.forget_notifications(now, 10).await.unwrap();
    for scope in [Scope::Of(subscription.organization), Scope::Nobodys] {
        store.notifications.find(scope, settled.id).await.unwrap();
        for is_quarantined in [None, Some(true), Some(false)] {
            for request in requests(settled.id) {
                let filter = NotificationFilter { is_quarantined };
                store.notifications.list(scope, filter, &request).await.unwrap();
            }
        }
    }
    store.notifications.replay(settled.id, now).await.unwrap();
}
