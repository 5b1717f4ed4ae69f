use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tenon_accounts::{Accepted, Registration};
use tenon_kernel::{Expected, OrganizationId, Role, UserId, Version};
use tenon_messages::Notice;
use tenon_messages::keys::{Change, ChangePosition, LogKind};
use tenon_sql::Store;
use tenon_tests::accounts::{acceptance, invitation, join, register, revocation};
use tenon_tests::audit::entry;
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::keys::{Owner, public_key};
use tenon_tests::mail::{all, draft, member, send};
use tenon_tests::race::race;

use super::{changes, enter, number};

const START: ChangePosition = ChangePosition(0);

async fn take_in(store: &Store, organization: OrganizationId, name: &str, registration: &Registration) {
    let row = invitation(organization, name, Role::Member);
    store.invitations.create(&row, None, &entry()).await.unwrap();
    let accepted = store.invitations.accept(&acceptance(&row, &registration.user)).await;
    assert!(matches!(accepted, Ok(Accepted::Joined(_))));
}

for_each_store!(
    a_change_is_told_to_every_organization_of_the_user_and_to_no_other,
    |store| {
        let (ada, eve) = (register(&store, "ada").await, register(&store, "eve").await);
        let bob = join(&store, ada.organization.id, "bob", Role::Member).await;
        let at = [moment(), moment(), moment()];
        store
            .public_keys
            .publish(bob.user.id, &public_key(), at[0])
            .await
            .unwrap();
        let device = Owner::default().device([]);
        store.devices.register(bob.user.id, &device, at[1]).await.unwrap();
        store.devices.remove(bob.user.id, number(1), at[2]).await.unwrap();
        let change = |position, kind, device, version, at| Change {
            position: ChangePosition(position),
            user: bob.user.id,
            kind,
            device: number(device),
            version: Version::new(version),
            at,
        };
        let expected = [
            change(1, LogKind::PublicKey, 0, 1, at[0]),
            change(2, LogKind::DeviceAdded, 1, 0, at[1]),
            change(3, LogKind::DeviceRemoved, 1, 0, at[2]),
        ];
        for organization in [ada.organization.id, bob.organization.id] {
            assert_eq!(changes(&store, organization, START).await, expected);
            assert_eq!(changes(&store, organization, ChangePosition(2)).await, expected[2..]);
            assert_eq!(changes(&store, organization, ChangePosition(u64::MAX)).await, []);
        }
        assert_eq!(changes(&store, eve.organization.id, START).await, []);
    }
);

async fn send_away(store: &Store, organization: OrganizationId, who: &Registration) {
    let (user, told) = (who.user.id, entry());
    let revoked = revocation(user, organization);
    let gone = store.members.remove(organization, user, Expected::Any, &revoked, &told);
    assert!(gone.await.is_ok());
}

for_each_store!(
    what_changed_while_its_owner_was_away_is_told_when_they_come_back,
    |store| {
        let ada = register(&store, "ada").await;
        let organization = ada.organization.id;
        let bob = join(&store, organization, "bob", Role::Member).await;
        let publish = async || {
            store
                .public_keys
                .publish(bob.user.id, &public_key(), moment())
                .await
                .unwrap()
        };
        publish().await;
        let peer = member(&ada, organization);
        send(&store, &peer, &draft(bob.user.id, "hello")).await;
        send_away(&store, organization, &bob).await;
        publish().await;
        enter(&store, bob.user.id, &Owner::default().device([])).await;
        assert_eq!(changes(&store, organization, START).await.len(), 1);

        let added = store
            .members
            .add(organization, bob.user.id, Role::Member, &entry())
            .await;
        assert!(added.is_ok());
        let told = changes(&store, organization, START).await;
        let told: Vec<_> = told.iter().map(|change| (change.kind, change.version.get())).collect();
        let expected = [
            (LogKind::PublicKey, 1),
            (LogKind::PublicKey, 2),
            (LogKind::DeviceAdded, 0),
        ];
        assert_eq!(told, expected);
        let notices = all(&store, &peer, number(0)).await;
        let notices = notices
            .iter()
            .filter(|entry| matches!(entry.notice, Notice::KeyChange(_)));
        assert_eq!(notices.count(), 2);

        send_away(&store, organization, &bob).await;
        take_in(&store, organization, "bob", &bob).await;
        assert_eq!(
            changes(&store, organization, START).await.len(),
            3,
            "nothing is told twice"
        );
    }
);

for_each_store!(whoever_comes_for_the_first_time_has_changed_nothing, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    for _ in 0..2 {
        store
            .public_keys
            .publish(bob.user.id, &public_key(), moment())
            .await
            .unwrap();
    }
    take_in(&store, ada.organization.id, "bob", &bob).await;
    assert_eq!(changes(&store, ada.organization.id, START).await, []);
});

for_each_store!(the_changes_of_an_organization_go_with_it, |store| {
    let ada = register(&store, "ada").await;
    let bob = join(&store, ada.organization.id, "bob", Role::Member).await;
    store
        .public_keys
        .publish(bob.user.id, &public_key(), moment())
        .await
        .unwrap();
    let at = moment();
    store
        .organizations
        .delete(ada.organization.id, Expected::Any, at, at.plus(MINUTE), &entry())
        .await
        .unwrap();
    assert_eq!(changes(&store, ada.organization.id, START).await, []);
    assert_eq!(changes(&store, bob.organization.id, START).await.len(), 1);
    let again = store
        .public_keys
        .publish(bob.user.id, &public_key(), moment())
        .await
        .unwrap();
    assert_eq!(again.version, Version::new(2));
    assert_eq!(changes(&store, bob.organization.id, START).await.len(), 2);
});

/// Changes keys of a user so many times: every third time a device comes and goes.
async fn change_often(store: Arc<Store>, user: UserId, times: usize) -> usize {
    let mut told = 0;
    for turn in 0..times {
        if turn % 3 == 2 {
            let own = enter(&store, user, &Owner::default().device([])).await;
            store.devices.remove(user, own.device.id, moment()).await.unwrap();
            told += 2;
        } else {
            store.public_keys.publish(user, &public_key(), moment()).await.unwrap();
            told += 1;
        }
    }
    told
}

/// Reads on from the last position, and once more after everything was written.
async fn follow(store: Arc<Store>, organization: OrganizationId, written: Arc<AtomicBool>) -> Vec<Change> {
    let mut seen: Vec<Change> = Vec::new();
    loop {
        let last = written.load(Ordering::SeqCst);
        let after = seen.last().map_or(START, |change| change.position);
        seen.extend(changes(&store, organization, after).await);
        if last {
            return seen;
        }
    }
}

for_each_store!(who_follows_the_feed_misses_no_change_of_concurrent_writers, |store| {
    let (ada, eve) = (register(&store, "ada").await, register(&store, "eve").await);
    let organizations = [ada.organization.id, eve.organization.id];
    let mut users = Vec::new();
    for name in ["bea", "cem", "dov", "fay", "gil", "hal"] {
        let registration = join(&store, organizations[0], name, Role::Member).await;
        take_in(&store, organizations[1], name, &registration).await;
        users.push(registration.user.id);
    }
    let stores = [Arc::new((*store).clone()), Arc::new(store.another())];
    let written = Arc::new(AtomicBool::new(false));
    let followers: Vec<_> = (0..4)
        .map(|turn| {
            let (store, written) = (Arc::clone(&stores[turn % 2]), Arc::clone(&written));
            tokio::spawn(follow(store, organizations[turn / 2], written))
        })
        .collect();
    let writers: Vec<_> = users
        .iter()
        .enumerate()
        .map(|(turn, user)| change_often(Arc::clone(&stores[turn % 2]), *user, 9))
        .collect();
    let told: usize = race(writers).await.into_iter().sum();
    written.store(true, Ordering::SeqCst);
    for (turn, follower) in followers.into_iter().enumerate() {
        let seen = follower.await.unwrap();
        let positions: Vec<u64> = seen.iter().map(|change| change.position.0).collect();
        assert_eq!(positions, (1..=told as u64).collect::<Vec<_>>());
        assert_eq!(seen, changes(&store, organizations[turn / 2], START).await);
    }
});
