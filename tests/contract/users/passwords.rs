use tenon_accounts::{PasswordChange, Rotated, Subject};
use tenon_tests::accounts::{hash, open, register, rotation};
use tenon_tests::audit::entry;
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use crate::pages::everything;

for_each_store!(a_hash_is_replaced_by_one_with_newer_parameters, |store| {
    let ada = register(&store, "ada").await;
    store
        .users
        .rehash(ada.user.id, &ada.password, &hash("newer"))
        .await
        .unwrap();
    let account = store.users.by_id(ada.user.id).await.unwrap().unwrap();
    assert_eq!((account.password, account.user), (hash("newer"), ada.user.clone()));
    let session = store.sessions.find(ada.user.id, ada.session.id, moment()).await;
    assert_eq!(session.unwrap(), Some(ada.session));

    store
        .users
        .rehash(ada.user.id, &ada.password, &hash("late"))
        .await
        .unwrap();
    let account = store.users.by_id(ada.user.id).await.unwrap().unwrap();
    assert_eq!(account.password, hash("newer"), "the hash was no longer the old one");
});

for_each_store!(a_new_password_ends_every_session_but_one, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let (second, refresh) = open(&store, ada.user.id, ada.organization.id).await;
    let (third, _) = open(&store, ada.user.id, ada.organization.id).await;
    let at = moment();
    let change = PasswordChange {
        entry: entry(),
        user: ada.user.id,
        old: ada.password.clone(),
        new: hash("new"),
        keep: Some(ada.session.id),
        at,
        forget_at: at.plus(15 * MINUTE),
    };
    let written = store.users.change_password(&change).await.unwrap().unwrap();
    let subjects: Vec<Subject> = written.iter().map(|revocation| revocation.subject).collect();
    assert_eq!(subjects, [Subject::Session(second.id), Subject::Session(third.id)]);
    assert_eq!(store.revocations.since(at, at).await.unwrap(), written);

    let account = store.users.by_id(ada.user.id).await.unwrap().unwrap();
    assert_eq!(account.password, hash("new"));
    let now = moment();
    let live = store.sessions.list(ada.user.id, &everything(), now).await.unwrap();
    assert_eq!(live.items, [ada.session]);
    let rotated = store.sessions.rotate(&rotation(refresh, now)).await.unwrap();
    assert!(matches!(rotated, Rotated::Refused));
    assert!(
        store
            .sessions
            .find(bob.user.id, bob.session.id, now)
            .await
            .unwrap()
            .is_some()
    );

    assert!(store.users.change_password(&change).await.unwrap().is_none());
    assert_eq!(store.revocations.since(at, at).await.unwrap(), written);
});

for_each_store!(of_racing_password_changes_one_succeeds, |store| {
    let ada = register(&store, "ada").await;
    open(&store, ada.user.id, ada.organization.id).await;
    let runners = (0..10).map(|number| {
        let users = store.users.clone();
        let at = moment();
        let change = PasswordChange {
            entry: entry(),
            user: ada.user.id,
            old: ada.password.clone(),
            new: hash(&format!("new {number}")),
            keep: Some(ada.session.id),
            at,
            forget_at: at.plus(15 * MINUTE),
        };
        async move { users.change_password(&change).await.unwrap() }
    });
    let written: Vec<_> = race(runners).await.into_iter().flatten().collect();
    assert_eq!(written.len(), 1);
    assert_eq!(written[0].len(), 1);
});
