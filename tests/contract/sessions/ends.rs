//! How sessions end.

use tenon_accounts::{Rotated, Subject};
use tenon_kernel::{ChangeError, Expected, Id};
use tenon_tests::accounts::{open, register, rotation};
use tenon_tests::audit::entry;
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use super::name;
use crate::pages::everything;

for_each_store!(an_ended_session_leaves_its_revocation_and_no_token, |store| {
    let ada = register(&store, "ada").await;
    let at = moment();
    let forget_at = at.plus(15 * MINUTE);
    let ended = store
        .sessions
        .end(ada.user.id, ada.session.id, at, forget_at, &entry())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (ended.subject, ended.forget_at),
        (Subject::Session(ada.session.id), forget_at)
    );
    assert!(ended.issued_until >= at);
    assert_eq!(store.revocations.since(at, at).await.unwrap(), [ended]);

    let rotated = store.sessions.rotate(&rotation(ada.refresh, at)).await.unwrap();
    assert!(matches!(rotated, Rotated::Refused));
    assert_eq!(
        store.sessions.find(ada.user.id, ada.session.id, at).await.unwrap(),
        None
    );
    assert!(
        store
            .sessions
            .end(ada.user.id, ada.session.id, at, forget_at, &entry())
            .await
            .unwrap()
            .is_none()
    );
    let renamed = store
        .sessions
        .rename(ada.user.id, ada.session.id, &name("x"), Expected::Any, at)
        .await;
    assert!(matches!(renamed, Err(ChangeError::NotFound)));
    assert_eq!(store.revocations.since(at, at).await.unwrap().len(), 1);
});

for_each_store!(nobody_ends_the_session_of_another, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let (at, forget_at) = (moment(), moment().plus(15 * MINUTE));
    assert!(
        store
            .sessions
            .end(bob.user.id, ada.session.id, at, forget_at, &entry())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        store
            .sessions
            .end_all(bob.user.id, at, forget_at, &entry())
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(
        store
            .sessions
            .end(ada.user.id, Id::at(at), at, forget_at, &entry())
            .await
            .unwrap()
            .is_none()
    );

    let rotated = store.sessions.rotate(&rotation(ada.refresh, at)).await.unwrap();
    assert!(matches!(rotated, Rotated::Fresh { .. }));
});

for_each_store!(all_sessions_of_a_user_end_at_once, |store| {
    let ada = register(&store, "ada").await;
    let mut subjects = vec![Subject::Session(ada.session.id)];
    for _ in 0..3 {
        let (session, _) = open(&store, ada.user.id, ada.organization.id).await;
        subjects.push(Subject::Session(session.id));
    }
    let at = moment();
    let written = store
        .sessions
        .end_all(ada.user.id, at, at.plus(MINUTE), &entry())
        .await
        .unwrap();
    assert_eq!(
        written.iter().map(|revocation| revocation.subject).collect::<Vec<_>>(),
        subjects
    );
    assert_eq!(store.revocations.since(at, at).await.unwrap(), written);
    let left = store.sessions.list(ada.user.id, &everything(), at).await.unwrap();
    assert_eq!((left.items.len(), left.total), (0, Some(0)));
    assert!(
        store
            .sessions
            .end_all(ada.user.id, at, at.plus(MINUTE), &entry())
            .await
            .unwrap()
            .is_empty()
    );
});

for_each_store!(a_session_that_many_end_at_once_ends_once, |store| {
    let ada = register(&store, "ada").await;
    let at = moment();
    let runners = (0..20).map(|number| {
        let sessions = store.sessions.clone();
        async move {
            match number % 2 {
                0 => sessions
                    .end(ada.user.id, ada.session.id, at, at.plus(MINUTE), &entry())
                    .await
                    .unwrap()
                    .into_iter()
                    .count(),
                _ => sessions
                    .end_all(ada.user.id, at, at.plus(MINUTE), &entry())
                    .await
                    .unwrap()
                    .len(),
            }
        }
    });
    assert_eq!(race(runners).await.into_iter().sum::<usize>(), 1);
    assert_eq!(store.revocations.since(at, at).await.unwrap().len(), 1);
});
