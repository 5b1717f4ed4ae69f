mod forgetting;

use std::time::Duration;

use tenon_graph::{Marks, Quarantine, Settled, State, SubscriptionState, Verdict};
use tenon_jobs::QueueName;
use tenon_kernel::{About, GraphChange, Id, Limit, PageRequest};
use tenon_sql::Store;
use tenon_tests::accounts::bytes;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::graph::{Subscriber, batch, believed};

use super::waiting;

/// The notifications that the organization was told of.
async fn told(store: &Store, subscriber: &Subscriber) -> Vec<GraphChange> {
    let first = PageRequest {
        limit: Limit::new(100).unwrap(),
        after: None,
        count: false,
    };
    let page = store.activities.list(subscriber.organization, &first).await.unwrap();
    let change = |about| match about {
        About::Notification { change, .. } => Some(change),
        _ => None,
    };
    page.items
        .into_iter()
        .filter_map(|activity| change(activity.about))
        .collect()
}

fn doubted(position: u32, reason: Quarantine) -> Settled {
    Settled {
        id: Id::at(moment()),
        position,
        organization: None,
        subscription: None,
        change: GraphChange::Updated,
        resource: "users/1".to_owned(),
        is_rich: false,
        verdict: Verdict::Doubted(reason),
    }
}

for_each_store!(a_batch_is_kept_as_it_came_with_the_job_that_processes_it, |store| {
    let kept = batch("posted");
    store.inbox.accept(&kept).await.unwrap();
    assert_eq!(store.inbox.batch(kept.id).await.unwrap().as_ref(), Some(&kept));
    assert_eq!(
        waiting(&store, QueueName::Graph).await,
        [format!("process {}", kept.id)]
    );
    assert_eq!(store.inbox.batch(Id::at(moment())).await.unwrap(), None);
});

for_each_store!(whoever_settles_a_batch_again_tells_nothing_twice, |store| {
    let subscriber = Subscriber::new(&store, "ada").await;
    let subscription = subscriber.active(&store, "remote").await;
    let (kept, now) = (batch("x"), moment());
    let settled = [
        believed(&subscription, 0, GraphChange::Created, Some(bytes())),
        believed(&subscription, 1, GraphChange::Updated, None),
        doubted(2, Quarantine::ClientState),
    ];
    let settle = || store.inbox.settle(kept.id, kept.received_at, &settled, now);
    assert_eq!(settle().await.unwrap(), 2);
    assert_eq!(settle().await.unwrap(), 0);
    assert_eq!(told(&store, &subscriber).await.len(), 2);
});

for_each_store!(one_change_that_several_batches_tell_of_is_told_once, |store| {
    let subscriber = Subscriber::new(&store, "ada").await;
    let subscription = subscriber.active(&store, "remote").await;
    let (change, now) = (bytes(), moment());
    let mut first = 0;
    for _ in 0..3 {
        let kept = batch("x");
        let twice = [0, 1].map(|position| believed(&subscription, position, GraphChange::Updated, Some(change)));
        first += store
            .inbox
            .settle(kept.id, kept.received_at, &twice, now)
            .await
            .unwrap();
    }
    assert_eq!(first, 1);
    assert_eq!(told(&store, &subscriber).await, [GraphChange::Updated]);
});

for_each_store!(
    a_notification_with_one_name_is_told_once_and_so_is_an_edit_under_several_names,
    |store| {
        let subscriber = Subscriber::new(&store, "ada").await;
        let subscription = subscriber.active(&store, "remote").await;
        let (kept, now, [name, other, edit]) = (batch("x"), moment(), [bytes(), bytes(), bytes()]);
        let marked = |position, name, edit| Settled {
            verdict: Verdict::Believed(Marks { name, edit }),
            ..believed(&subscription, position, GraphChange::Updated, None)
        };
        let settled = [
            marked(0, Some(name), Some(edit)),
            marked(1, Some(name), None),
            marked(2, Some(other), Some(edit)),
            marked(3, None, Some(edit)),
            marked(4, Some(bytes()), None),
            marked(5, None, None),
        ];
        let told = store
            .inbox
            .settle(kept.id, kept.received_at, &settled, now)
            .await
            .unwrap();
        assert_eq!(told, 3);
    }
);

for_each_store!(
    batches_that_repeat_one_another_are_settled_at_once_and_told_once,
    |store| {
        let subscriber = Subscriber::new(&store, "ada").await;
        let subscription = subscriber.active(&store, "remote").await;
        let changes: Vec<_> = (0..50).map(|_| bytes()).collect();
        let settling = (0..8).map(|turn| {
            let mut settled: Vec<_> = (0..)
                .zip(&changes)
                .map(|(position, change)| believed(&subscription, position, GraphChange::Updated, Some(*change)))
                .collect();
            settled.rotate_left(turn * 6);
            let (inbox, kept) = (std::sync::Arc::clone(&store.inbox), batch("x"));
            tokio::spawn(async move {
                inbox
                    .settle(kept.id, kept.received_at, &settled, moment())
                    .await
                    .unwrap()
            })
        });
        let mut believed = 0;
        for settling in settling.collect::<Vec<_>>() {
            believed += settling.await.unwrap();
        }
        assert_eq!(believed, 50);
        assert_eq!(told(&store, &subscriber).await.len(), 50);
    }
);

for_each_store!(
    a_subscription_that_graph_removed_is_created_anew_and_wants_a_delta_query,
    |store| {
        let subscriber = Subscriber::new(&store, "ada").await;
        let subscription = subscriber.active(&store, "remote").await;
        let (kept, now) = (batch("x"), moment());
        let removed = [believed(&subscription, 0, GraphChange::Removed, None)];
        store
            .inbox
            .settle(kept.id, kept.received_at, &removed, now)
            .await
            .unwrap();
        let after = subscriber.again(&store, &subscription).await;
        assert_eq!(
            (after.state, after.remote, after.renew_at),
            (SubscriptionState::Creating, None, None)
        );
        assert_eq!(after.delta_since, subscription.confirmed_at);
        assert!(after.delta_since.is_some_and(|since| since < now));
        let task = format!("create {} {}", subscription.organization, subscription.id);
        assert_eq!(waiting(&store, QueueName::GraphSubscriptions).await, [task]);
    }
);

for_each_store!(missed_notifications_mark_a_resync_and_the_first_mark_stays, |store| {
    let subscriber = Subscriber::new(&store, "ada").await;
    let subscription = subscriber.active(&store, "remote").await;
    let now = moment();
    for minutes in 0..2 {
        let (kept, at) = (batch("x"), now.plus(Duration::from_secs(60 * minutes)));
        let missed = [believed(&subscription, 0, GraphChange::Missed, None)];
        store
            .inbox
            .settle(kept.id, kept.received_at, &missed, at)
            .await
            .unwrap();
    }
    let after = subscriber.again(&store, &subscription).await;
    assert_eq!(
        (after.state, after.resync_since),
        (SubscriptionState::Active, Some(now))
    );
    let caught_up = store
        .registry
        .caught_up(subscriber.organization, subscription.id, now)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((caught_up.resync_since, caught_up.delta_since), (None, None));
});

for_each_store!(a_wish_to_be_reauthorized_leaves_one_job, |store| {
    let subscriber = Subscriber::new(&store, "ada").await;
    let subscription = subscriber.active(&store, "remote").await;
    let kept = batch("x");
    let wishes = [0, 1].map(|position| believed(&subscription, position, GraphChange::Reauthorize, None));
    store
        .inbox
        .settle(kept.id, kept.received_at, &wishes, moment())
        .await
        .unwrap();
    let jobs = waiting(&store, QueueName::GraphSubscriptions).await;
    let create = format!("create {} {}", subscription.organization, subscription.id);
    let reauthorize = format!("reauthorize {} {}", subscription.organization, subscription.id);
    assert_eq!(jobs, [create, reauthorize]);
});

for_each_store!(what_is_judged_again_is_told_once_and_leaves_the_quarantine, |store| {
    let subscriber = Subscriber::new(&store, "ada").await;
    let subscription = subscriber.active(&store, "remote").await;
    let (kept, now) = (batch("x"), moment());
    let before = doubted(0, Quarantine::UnknownSubscription);
    store
        .inbox
        .settle(kept.id, kept.received_at, std::slice::from_ref(&before), now)
        .await
        .unwrap();
    let found = store.inbox.notification(before.id).await.unwrap().unwrap();
    assert_eq!(found.state, State::Quarantined(Quarantine::UnknownSubscription));
    let after = Settled {
        id: before.id,
        ..believed(&subscription, 0, GraphChange::Updated, Some(bytes()))
    };
    for _ in 0..2 {
        store.inbox.resettle(&after, now).await.unwrap();
    }
    let found = store.inbox.notification(before.id).await.unwrap().unwrap();
    assert_eq!(
        (found.state, found.organization),
        (State::Processed, Some(subscriber.organization))
    );
    assert_eq!(told(&store, &subscriber).await, [GraphChange::Updated]);
});

for_each_store!(what_is_judged_again_stays_with_whom_it_is_stored_for, |store| {
    let subscriber = Subscriber::new(&store, "ada").await;
    let subscription = subscriber.active(&store, "remote").await;
    let (kept, now) = (batch("x"), moment());
    let before = Settled {
        organization: Some(subscription.organization),
        subscription: Some(subscription.id),
        ..doubted(0, Quarantine::Credential)
    };
    let together = std::slice::from_ref(&before);
    let settling = store.inbox.settle(kept.id, kept.received_at, together, now);
    settling.await.unwrap();
    let after = Settled {
        id: before.id,
        ..doubted(0, Quarantine::UnknownSubscription)
    };
    store.inbox.resettle(&after, now).await.unwrap();
    let found = store.inbox.notification(before.id).await.unwrap().unwrap();
    assert_eq!(found.state, State::Quarantined(Quarantine::UnknownSubscription));
    assert_eq!(
        (found.organization, found.subscription),
        (Some(subscription.organization), Some(subscription.id))
    );
});

for_each_store!(a_repetition_that_is_judged_again_goes, |store| {
    let subscriber = Subscriber::new(&store, "ada").await;
    let subscription = subscriber.active(&store, "remote").await;
    let (kept, change, now) = (batch("x"), bytes(), moment());
    let before = doubted(1, Quarantine::ClientState);
    let settled = [
        believed(&subscription, 0, GraphChange::Updated, Some(change)),
        before.clone(),
    ];
    store
        .inbox
        .settle(kept.id, kept.received_at, &settled, now)
        .await
        .unwrap();
    let again = Settled {
        id: before.id,
        ..believed(&subscription, 1, GraphChange::Updated, Some(change))
    };
    store.inbox.resettle(&again, now).await.unwrap();
    assert_eq!(store.inbox.notification(before.id).await.unwrap(), None);
    assert_eq!(told(&store, &subscriber).await.len(), 1);
});
