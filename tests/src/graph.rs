//! What Microsoft Graph tells of, for tests of the store; each call makes new things.

use std::time::Duration;

use tenon_accounts::Registration;
use tenon_graph::{
    Batch, ChangeTypes, ClientStateDigest, Granted, Marks, NewSubscription, RemoteId, Resource, Settled, Subscription,
    Verdict,
};
use tenon_kernel::{Created, CredentialId, GraphChange, Id, Keyring, OrganizationId};
use tenon_sql::Store;
use tenon_vault::{Credential, CredentialKind};

use crate::accounts::{bytes, registration};
use crate::audit::entry;
use crate::clock::moment;
use crate::vault::{KEYS, credential, ring, sealed};

/// An organization that is told of changes.
pub struct Subscriber {
    pub owner: Registration,
    pub organization: OrganizationId,
    pub credential: CredentialId,
}

impl Subscriber {
    /// Registers somebody, and keeps a credential of an app for them.
    pub async fn new(store: &Store, name: &str) -> Self {
        let owner = registration(name);
        store.users.register(&owner).await.unwrap();
        let credential = Credential {
            kind: CredentialKind::MicrosoftGraph,
            ..credential(&owner, "App")
        };
        let secret = sealed(&ring(&KEYS), &credential, "{}");
        let created = store
            .credentials
            .create(&credential, &secret, None, &entry())
            .await
            .unwrap();
        assert_eq!(created, Created::Now(()));
        Self {
            organization: owner.organization.id,
            credential: credential.id,
            owner,
        }
    }

    /// A subscription to be.
    pub fn wants(&self) -> Subscription {
        let now = moment();
        Subscription::new(
            self.organization,
            NewSubscription {
                credential: self.credential,
                resource: Resource::parse("users/1/messages").unwrap(),
                changes: ChangeTypes::parse(["created", "updated"]).unwrap(),
                is_rich: true,
            },
            now,
        )
    }

    /// A subscription that Graph does not have yet.
    pub async fn subscribed(&self, store: &Store) -> Subscription {
        let wanted = self.wants();
        assert_eq!(
            store.registry.insert(&wanted, None, &entry()).await.unwrap(),
            Created::Now(())
        );
        self.again(store, &wanted).await
    }

    /// A subscription that Graph has.
    pub async fn active(&self, store: &Store, remote: &str) -> Subscription {
        let wanted = self.subscribed(store).await;
        let now = moment();
        store
            .registry
            .begin(&wanted, ClientStateDigest(bytes()), now)
            .await
            .unwrap();
        let wanted = self.again(store, &wanted).await;
        let granted = granted(remote);
        let renew_at = granted.expires_at.minus(Duration::from_secs(60));
        store
            .registry
            .granted(&wanted, &granted, renew_at, Some("certificate"), now)
            .await
            .unwrap();
        self.again(store, &wanted).await
    }

    /// The subscription as it is now.
    pub async fn again(&self, store: &Store, subscription: &Subscription) -> Subscription {
        store
            .registry
            .find(self.organization, subscription.id)
            .await
            .unwrap()
            .unwrap()
    }
}

/// What Graph gives, for an hour.
pub fn granted(remote: &str) -> Granted {
    Granted {
        id: RemoteId(remote.to_owned()),
        expires_at: moment().plus(Duration::from_secs(3600)),
    }
}

/// A batch that was just posted.
pub fn batch(body: &str) -> Batch {
    let now = moment();
    let id = Id::at(now);
    Batch {
        id,
        body: ring(&KEYS).seal(body.as_bytes(), &Batch::slot(id)).unwrap(),
        received_at: now,
    }
}

/// A notification of the subscription that is believed.
pub fn believed(subscription: &Subscription, position: u32, change: GraphChange, edit: Option<[u8; 32]>) -> Settled {
    Settled {
        id: Id::at(moment()),
        position,
        organization: Some(subscription.organization),
        subscription: Some(subscription.id),
        change,
        resource: "users/1/messages/2".to_owned(),
        is_rich: false,
        verdict: Verdict::Believed(Marks { name: None, edit }),
    }
}
