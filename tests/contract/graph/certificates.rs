use std::time::Duration;

use tenon_graph::StoredCertificate;
use tenon_jobs::QueueName;
use tenon_kernel::{Id, Keyring, OrganizationId};
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::graph::Subscriber;
use tenon_tests::vault::{KEYS, ring};

use super::waiting;

fn certificate(subscriber: &Subscriber) -> StoredCertificate {
    certificate_of(subscriber.organization)
}

/// A certificate of the organization.
pub fn certificate_of(organization: OrganizationId) -> StoredCertificate {
    let now = moment();
    let id = Id::at(now);
    let slot = StoredCertificate::slot(organization, id);
    StoredCertificate {
        id,
        organization,
        der: vec![1, 2, 3],
        thumbprint: "AB".repeat(20),
        private_key: ring(&KEYS).seal(b"private", &slot).unwrap(),
        created_at: now,
        expires_at: now.plus(Duration::from_secs(60)),
    }
}

for_each_store!(the_latest_certificate_counts_and_older_ones_stay, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let bob = Subscriber::new(&store, "bob").await;
    assert_eq!(store.certificates.latest(ada.organization).await.unwrap(), None);
    let (old, new) = (certificate(&ada), certificate(&ada));
    for one in [&old, &new] {
        store.certificates.insert(one, None).await.unwrap();
    }
    assert_eq!(store.certificates.latest(ada.organization).await.unwrap(), Some(new));
    assert_eq!(
        store
            .certificates
            .find(ada.organization, old.id)
            .await
            .unwrap()
            .as_ref(),
        Some(&old)
    );
    assert_eq!(store.certificates.find(bob.organization, old.id).await.unwrap(), None);
    assert_eq!(store.certificates.latest(bob.organization).await.unwrap(), None);
});

for_each_store!(
    a_new_certificate_has_active_subscriptions_with_resource_data_renewed,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let active = ada.active(&store, "a").await;
        let creating = ada.subscribed(&store).await;
        store
            .certificates
            .insert(&certificate(&ada), Some(&entry()))
            .await
            .unwrap();
        let renewals: Vec<_> = waiting(&store, QueueName::GraphSubscriptions)
            .await
            .into_iter()
            .filter(|task| task.starts_with("renew"))
            .collect();
        assert_eq!(renewals, [format!("renew {} {}", ada.organization, active.id)]);
        assert_ne!(creating.id, active.id);
    }
);

for_each_store!(
    keys_of_certificates_and_batches_are_wrapped_anew_with_all_others,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let (kept, posted) = (certificate(&ada), tenon_tests::graph::batch("posted"));
        store.certificates.insert(&kept, None).await.unwrap();
        store.inbox.accept(&posted).await.unwrap();
        let (old, new) = (ring(&KEYS).current(), ring(&[KEYS[1], KEYS[0]]));
        let all = store.wrappings.under(&old, None, 100).await.unwrap();
        assert_eq!(all.len(), 3);
        let rewrapped: Vec<_> = all
            .into_iter()
            .map(|before| {
                let (key, wrapped) = new.rewrap(&before.key, &before.wrapped, &before.slot).unwrap();
                tenon_vault::Rewrapped { before, key, wrapped }
            })
            .collect();
        store.wrappings.rewrap(&rewrapped).await.unwrap();
        assert!(store.wrappings.under(&old, None, 100).await.unwrap().is_empty());
        let only_new = ring(&[KEYS[1]]);
        let found = store
            .certificates
            .find(ada.organization, kept.id)
            .await
            .unwrap()
            .unwrap();
        let slot = StoredCertificate::slot(ada.organization, kept.id);
        assert_eq!(only_new.open(&found.private_key, &slot).unwrap().as_slice(), b"private");
        let found = store.inbox.batch(posted.id).await.unwrap().unwrap();
        let slot = tenon_graph::Batch::slot(posted.id);
        assert_eq!(only_new.open(&found.body, &slot).unwrap().as_slice(), b"posted");
    }
);
