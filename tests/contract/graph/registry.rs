mod remote;

use tenon_graph::{ClientStateDigest, RemoteId, SubscribeError, Subscription, SubscriptionState, Task};
use tenon_jobs::QueueName;
use tenon_kernel::{ChangeError, Created, Expected, Limit, PageRequest, Timestamp, Version};
use tenon_tests::accounts::{bytes, remembered};
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::graph::{Subscriber, granted};
use tenon_tests::vault::{KEYS, ring, stored};

use super::waiting;

/// Nothing has been on its way since then.
fn long_ago() -> Timestamp {
    Timestamp::from_micros(0)
}

for_each_store!(
    a_subscription_is_stored_with_the_job_that_creates_it_at_graph,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let wanted = ada.wants();
        assert_eq!(
            store.registry.insert(&wanted, None, &entry()).await.unwrap(),
            Created::Now(())
        );
        assert_eq!(ada.again(&store, &wanted).await, wanted);
        let task = Task::Create(wanted.organization, wanted.id).to_string();
        assert_eq!(waiting(&store, QueueName::GraphSubscriptions).await, [task]);
    }
);

for_each_store!(the_same_request_for_a_subscription_has_one_effect, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let remember = remembered("answer");
    store
        .registry
        .insert(&ada.wants(), Some(&remember), &entry())
        .await
        .unwrap();
    let again = store
        .registry
        .insert(&ada.wants(), Some(&remember), &entry())
        .await
        .unwrap();
    assert_eq!(again, Created::Before(b"answer".to_vec()));
    assert_eq!(waiting(&store, QueueName::GraphSubscriptions).await.len(), 1);
});

for_each_store!(
    a_subscription_needs_a_credential_of_an_app_of_its_organization,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let bob = Subscriber::new(&store, "bob").await;
        let plain = stored(&store, &ring(&KEYS), &ada.owner, "secret").await;
        for credential in [bob.credential, plain.id] {
            let wanted = Subscription {
                credential,
                ..ada.wants()
            };
            let refused = store.registry.insert(&wanted, None, &entry()).await.unwrap_err();
            assert!(matches!(refused, SubscribeError::UnknownCredential), "{refused}");
        }
        assert!(waiting(&store, QueueName::GraphSubscriptions).await.is_empty());
    }
);

for_each_store!(a_credential_that_a_subscription_stands_on_is_not_removed, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let subscription = ada.subscribed(&store).await;
    let told = entry();
    let remove = || {
        store
            .credentials
            .remove(ada.organization, ada.credential, Expected::Any, &told)
    };
    let refused = remove().await.unwrap_err();
    assert!(matches!(refused, tenon_vault::RemoveError::InUse), "{refused}");
    store.registry.forget(ada.organization, subscription.id).await.unwrap();
    remove().await.unwrap();
});

for_each_store!(subscriptions_are_listed_in_order_to_their_own_organization, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let bob = Subscriber::new(&store, "bob").await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.push(ada.subscribed(&store).await.id);
    }
    let of_bob = bob.subscribed(&store).await;
    let mut request = PageRequest {
        limit: Limit::new(2).unwrap(),
        after: None,
        count: true,
    };
    let first = store.registry.list(ada.organization, &request).await.unwrap();
    request.after = first.next;
    let second = store.registry.list(ada.organization, &request).await.unwrap();
    let listed: Vec<_> = first.items.iter().chain(&second.items).map(|one| one.id).collect();
    assert_eq!((listed, first.total, second.next), (expected, Some(3), None));
    assert!(
        store
            .registry
            .find(ada.organization, of_bob.id)
            .await
            .unwrap()
            .is_none()
    );
});

for_each_store!(
    a_subscription_is_known_by_its_remote_id_or_before_that_by_its_client_state,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let wanted = ada.subscribed(&store).await;
        let state = ClientStateDigest(bytes());
        let known = async |remote: &str| {
            let known = store
                .registry
                .known(&[RemoteId(remote.to_owned())], &[state])
                .await
                .unwrap();
            known
                .into_iter()
                .map(|known| (known.id, known.remote.is_some()))
                .collect::<Vec<_>>()
        };
        assert_eq!(known("remote").await, []);
        store.registry.begin(&wanted, state, moment()).await.unwrap();
        assert_eq!(known("remote").await, [(wanted.id, false)]);
        let granted = granted("remote");
        let wanted = ada.again(&store, &wanted).await;
        store
            .registry
            .granted(&wanted, &granted, granted.expires_at, None, moment())
            .await
            .unwrap();
        assert_eq!(known("remote").await, [(wanted.id, true)]);
        assert_eq!(known("other").await, []);
    }
);

for_each_store!(whoever_ends_a_subscription_ends_the_version_that_they_read, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let bob = Subscriber::new(&store, "bob").await;
    let subscription = ada.active(&store, "a").await;
    let end = async |organization, expected| {
        store
            .registry
            .dismiss(organization, subscription.id, expected, &entry())
            .await
    };
    let stale = end(ada.organization, Expected::Exactly(Version::FIRST))
        .await
        .unwrap_err();
    assert!(matches!(stale, ChangeError::Stale(version) if version == subscription.version));
    let other = end(bob.organization, Expected::Any).await.unwrap_err();
    assert!(matches!(other, ChangeError::NotFound));
    end(ada.organization, Expected::Exactly(subscription.version))
        .await
        .unwrap();
    let ending = ada.again(&store, &subscription).await;
    assert_eq!((ending.state, ending.renew_at), (SubscriptionState::Deleting, None));
    let delete = Task::Delete(ada.organization, subscription.id).to_string();
    assert!(waiting(&store, QueueName::GraphSubscriptions).await.contains(&delete));
    store.registry.forget(ada.organization, subscription.id).await.unwrap();
    assert!(
        store
            .registry
            .find(ada.organization, subscription.id)
            .await
            .unwrap()
            .is_none()
    );
});

for_each_store!(an_organization_goes_with_its_subscriptions_and_notifications, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let subscription = ada.active(&store, "a").await;
    let kept = tenon_tests::graph::batch("x");
    let told = tenon_tests::graph::believed(&subscription, 0, tenon_kernel::GraphChange::Updated, None);
    store
        .inbox
        .settle(kept.id, kept.received_at, std::slice::from_ref(&told), moment())
        .await
        .unwrap();
    let now = moment();
    store
        .organizations
        .delete(ada.organization, Expected::Any, now, now, &entry())
        .await
        .unwrap();
    assert!(
        store
            .registry
            .find(ada.organization, subscription.id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.inbox.notification(told.id).await.unwrap().is_none());
});
