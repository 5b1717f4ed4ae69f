use tenon_graph::{NotificationFilter, Quarantine, Scope, Settled, Verdict};
use tenon_jobs::QueueName;
use tenon_kernel::{GraphChange, Limit, NotificationId, PageRequest};
use tenon_sql::Store;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::graph::{Subscriber, batch, believed};

use super::waiting;

async fn listed(store: &Store, scope: Scope, state: Option<&str>, limit: u64) -> Vec<NotificationId> {
    let filter = state
        .map(|state| NotificationFilter::parse(state).unwrap())
        .unwrap_or_default();
    let mut request = PageRequest {
        limit: Limit::new(limit).unwrap(),
        after: None,
        count: true,
    };
    let mut ids = Vec::new();
    loop {
        let page = store.notifications.list(scope, filter, &request).await.unwrap();
        ids.extend(page.items.iter().map(|found| found.id));
        request.after = page.next;
        if page.next.is_none() {
            assert_eq!(page.total, Some(ids.len() as u64));
            return ids;
        }
    }
}

for_each_store!(
    notifications_are_listed_latest_first_and_only_to_whom_they_concern,
    |store| {
        let ada = Subscriber::new(&store, "ada").await;
        let bob = Subscriber::new(&store, "bob").await;
        let (of_ada, of_bob) = (ada.active(&store, "a").await, bob.active(&store, "b").await);
        let kept = batch("x");
        let stray = Settled {
            organization: None,
            subscription: None,
            verdict: Verdict::Doubted(Quarantine::UnknownSubscription),
            ..believed(&of_ada, 9, GraphChange::Created, None)
        };
        let mut settled: Vec<_> = (0..5)
            .map(|position| believed(&of_ada, position, GraphChange::Updated, None))
            .collect();
        let doubted = Settled {
            verdict: Verdict::Doubted(Quarantine::ClientState),
            ..believed(&of_ada, 5, GraphChange::Updated, None)
        };
        settled.push(doubted.clone());
        settled.push(believed(&of_bob, 6, GraphChange::Updated, None));
        settled.push(stray.clone());
        store
            .inbox
            .settle(kept.id, kept.received_at, &settled, moment())
            .await
            .unwrap();
        let scope = Scope::Of(ada.organization);
        let mut expected: Vec<_> = settled.iter().take(6).map(|one| one.id).collect();
        expected.sort();
        expected.reverse();
        assert_eq!(listed(&store, scope, None, 2).await, expected);
        assert_eq!(listed(&store, scope, Some("quarantined"), 2).await, [doubted.id]);
        assert_eq!(listed(&store, scope, Some("processed"), 3).await.len(), 5);
        assert_eq!(listed(&store, Scope::Nobodys, None, 2).await, [stray.id]);
        let find = |scope, id| store.notifications.find(scope, id);
        assert!(find(scope, doubted.id).await.unwrap().is_some());
        assert!(find(Scope::Of(bob.organization), doubted.id).await.unwrap().is_none());
        assert!(find(Scope::Nobodys, doubted.id).await.unwrap().is_none());
        assert!(find(Scope::Nobodys, stray.id).await.unwrap().is_some());
    }
);

for_each_store!(what_is_asked_to_be_judged_again_twice_is_so_once, |store| {
    let id = NotificationId::at(moment());
    for _ in 0..2 {
        store.notifications.replay(id, moment()).await.unwrap();
    }
    assert_eq!(waiting(&store, QueueName::Graph).await, [format!("replay {id}")]);
});
