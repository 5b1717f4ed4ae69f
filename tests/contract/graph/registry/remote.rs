//! What is known of a subscription at Graph.

use std::time::Duration;

use tenon_graph::{ClientStateDigest, RemoteId, Subscription, SubscriptionState, Task};
use tenon_jobs::QueueName;
use tenon_kernel::Expected;
use tenon_tests::accounts::bytes;
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::graph::{Subscriber, granted};

use super::long_ago;
use crate::graph::waiting;

for_each_store!(what_graph_gave_is_noted_and_ends_the_trouble, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let wanted = ada.subscribed(&store).await;
    store
        .registry
        .trouble(&wanted, Some("Graph refused"), moment())
        .await
        .unwrap();
    assert_eq!(
        ada.again(&store, &wanted).await.problem.as_deref(),
        Some("Graph refused")
    );
    let granted = granted("remote");
    let renew_at = granted.expires_at.minus(Duration::from_secs(60));
    store
        .registry
        .granted(&wanted, &granted, renew_at, Some("c1"), moment())
        .await
        .unwrap();
    let active = ada.again(&store, &wanted).await;
    assert_eq!(
        (active.state, active.problem.as_deref()),
        (SubscriptionState::Active, None)
    );
    assert_eq!(
        (active.expires_at, active.renew_at),
        (Some(granted.expires_at), Some(renew_at))
    );
    assert_eq!(
        (active.remote, active.certificate.as_deref()),
        (Some(granted.id), Some("c1"))
    );
    assert!(active.version > wanted.version);
});

for_each_store!(every_change_of_what_is_shown_raises_the_version, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let mut before = ada.subscribed(&store).await;
    for problem in [Some("Graph refused"), Some("Graph refused once more"), None] {
        store.registry.trouble(&before, problem, moment()).await.unwrap();
        let after = ada.again(&store, &before).await;
        assert_eq!(after.problem.as_deref(), problem);
        assert!(after.version > before.version);
        before = after;
    }
    let now = moment();
    assert_eq!(store.registry.ask_for_renewals(now, now).await.unwrap(), 1);
    let after = ada.again(&store, &before).await;
    assert_eq!(after.updated_at, now);
    assert!(after.version > before.version);
});

for_each_store!(only_what_is_due_is_renewed_and_asked_for_once, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let subscription = ada.active(&store, "a").await;
    let renew_at = subscription.renew_at.unwrap();
    assert_eq!(
        store
            .registry
            .ask_for_renewals(renew_at.minus(Duration::from_secs(1)), long_ago())
            .await
            .unwrap(),
        0
    );
    assert_eq!(store.registry.ask_for_renewals(renew_at, long_ago()).await.unwrap(), 1);
    assert_eq!(store.registry.ask_for_renewals(renew_at, long_ago()).await.unwrap(), 0);
    let later = renew_at.plus(Duration::from_secs(3600));
    assert_eq!(store.registry.ask_for_renewals(later, long_ago()).await.unwrap(), 1);
    let renew = Task::Renew(ada.organization, subscription.id).to_string();
    let renewals = waiting(&store, QueueName::GraphSubscriptions).await;
    assert_eq!(renewals.iter().filter(|task| **task == renew).count(), 1);
});

for_each_store!(
    a_lost_subscription_is_created_anew_once_and_keeps_its_client_state,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let subscription = ada.active(&store, "a").await;
        let now = moment();
        for _ in 0..2 {
            store.registry.lost(&subscription, now).await.unwrap();
        }
        let lost = ada.again(&store, &subscription).await;
        assert_eq!(lost.state, SubscriptionState::Creating);
        assert_eq!((lost.client_state, lost.remote), (subscription.client_state, None));
        assert_eq!(lost.version, subscription.version.next());
    }
);

for_each_store!(
    changes_may_have_been_missed_since_graph_last_confirmed_what_was_lost,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let subscription = ada.active(&store, "a").await;
        let (confirmed, mut granted) = (moment(), granted("a"));
        let renew = async |granted: &_| {
            let asked = ada.again(&store, &subscription).await;
            let noted = store.registry.granted(&asked, granted, confirmed, None, confirmed);
            assert!(noted.await.unwrap());
            ada.again(&store, &subscription).await
        };
        let renewed = renew(&granted).await;
        assert_eq!(renewed.confirmed_at, Some(confirmed));
        store.registry.trouble(&renewed, Some("x"), moment()).await.unwrap();
        store.registry.lost(&renewed, moment()).await.unwrap();
        let lost = ada.again(&store, &subscription).await;
        assert_eq!(lost.delta_since, Some(confirmed));
        // Nobody has read that yet when it is lost a second time, and had an end in the past.
        granted.expires_at = confirmed.minus(Duration::from_secs(1));
        let again = renew(&granted).await;
        store.registry.lost(&again, moment()).await.unwrap();
        let lost = ada.again(&store, &subscription).await;
        assert_eq!(lost.delta_since, Some(granted.expires_at));
    }
);

for_each_store!(
    what_graph_gave_is_not_noted_for_another_subscription_than_it_was_asked_for,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let wanted = ada.subscribed(&store).await;
        let (state, now) = (ClientStateDigest(bytes()), moment());
        store.registry.begin(&wanted, state, now).await.unwrap();
        let asked = Subscription {
            client_state: Some(state),
            ..wanted.clone()
        };
        let noted = async |asked: &Subscription| {
            let granted = granted("late");
            let noted = store.registry.granted(asked, &granted, granted.expires_at, None, now);
            noted.await.unwrap()
        };
        // Somebody else began anew meanwhile.
        store
            .registry
            .begin(&wanted, ClientStateDigest(bytes()), now)
            .await
            .unwrap();
        assert!(!noted(&asked).await);
        store.registry.begin(&wanted, state, now).await.unwrap();
        store
            .registry
            .dismiss(ada.organization, wanted.id, Expected::Any, &entry())
            .await
            .unwrap();
        assert!(!noted(&asked).await);
        assert_eq!(ada.again(&store, &wanted).await.remote, None);
        store.registry.forget(ada.organization, wanted.id).await.unwrap();
        assert!(!noted(&asked).await);
    }
);

for_each_store!(
    what_was_recovered_is_not_lost_to_somebody_who_speaks_of_what_was_before,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let before = ada.active(&store, "a").await;
        store.registry.lost(&before, moment()).await.unwrap();
        let state = ClientStateDigest(bytes());
        store.registry.begin(&before, state, moment()).await.unwrap();
        let lost = ada.again(&store, &before).await;
        let granted = granted("b");
        assert!(
            store
                .registry
                .granted(&lost, &granted, granted.expires_at, None, moment())
                .await
                .unwrap()
        );
        store.registry.lost(&before, moment()).await.unwrap();
        let granted = tenon_tests::graph::granted("a");
        assert!(
            !store
                .registry
                .granted(&before, &granted, granted.expires_at, None, moment())
                .await
                .unwrap()
        );
        let now = ada.again(&store, &before).await;
        assert_eq!(
            (now.state, now.remote),
            (SubscriptionState::Active, Some(RemoteId("b".to_owned())))
        );
    }
);

for_each_store!(what_has_been_on_its_way_for_long_is_taken_up_again, |store| {
    let ada = Subscriber::new(&store, "ada").await;
    let (active, wanted) = (ada.active(&store, "a").await, ada.subscribed(&store).await);
    let ended = ada.active(&store, "b").await;
    store
        .registry
        .dismiss(ada.organization, ended.id, Expected::Any, &entry())
        .await
        .unwrap();
    let soon = moment();
    let (now, stuck) = (soon, soon.plus(Duration::from_secs(60)));
    assert_eq!(store.registry.ask_for_renewals(now, long_ago()).await.unwrap(), 0);
    assert_eq!(store.registry.ask_for_renewals(now, stuck).await.unwrap(), 2);
    let jobs = waiting(&store, QueueName::GraphSubscriptions).await;
    for task in [
        Task::Create(ada.organization, wanted.id),
        Task::Delete(ada.organization, ended.id),
    ] {
        assert_eq!(jobs.iter().filter(|job| **job == task.to_string()).count(), 1);
    }
    assert!(!jobs.contains(&Task::Renew(ada.organization, active.id).to_string()));
});
