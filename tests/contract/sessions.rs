mod ends;
mod rotation;

use tenon_accounts::{Device, PasswordChange, SessionName};
use tenon_kernel::{ChangeError, Expected, Version};
use tenon_tests::accounts::{hash, open, register, session, token};
use tenon_tests::audit::entry;
use tenon_tests::clock::{DAY, MICROSECOND, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};

use crate::pages::{everything, in_twos};

fn name(text: &str) -> SessionName {
    SessionName::parse(text).unwrap()
}

for_each_store!(a_session_reads_back_as_it_was_opened, |store| {
    let ada = register(&store, "ada").await;
    let devices = [
        Device::new(None, None),
        Device::new(
            Some("Mozilla/5.0 (\"quoted\"; 'apo'; 日本語; 🦉)"),
            "::ffff:192.0.2.1".parse().ok(),
        ),
        Device::new(Some(""), "2001:db8::1".parse().ok()),
    ];
    for device in devices {
        let mut opened = session(ada.user.id, ada.organization.id);
        opened.device = device;
        opened.name = Some(name("Ada's \\ phone %_"));
        assert!(
            store
                .sessions
                .open(&opened, &token(), &ada.password, &entry())
                .await
                .unwrap()
        );
        let found = store.sessions.find(ada.user.id, opened.id, moment()).await.unwrap();
        assert_eq!(found, Some(opened));
    }
});

for_each_store!(a_session_that_cannot_be_stored_with_its_token_is_not_stored, |store| {
    let ada = register(&store, "ada").await;
    let second = session(ada.user.id, ada.organization.id);
    assert!(
        store
            .sessions
            .open(&second, &ada.refresh, &ada.password, &entry())
            .await
            .is_err()
    );
    assert_eq!(
        store.sessions.find(ada.user.id, second.id, moment()).await.unwrap(),
        None
    );
});

for_each_store!(
    a_sign_in_checked_against_a_password_that_was_changed_opens_no_session,
    |store| {
        let ada = register(&store, "ada").await;
        let at = moment();
        let change = PasswordChange {
            entry: entry(),
            user: ada.user.id,
            old: ada.password.clone(),
            new: hash("another"),
            keep: Some(ada.session.id),
            at,
            forget_at: at.plus(DAY),
        };
        store.users.change_password(&change).await.unwrap().unwrap();
        let late = session(ada.user.id, ada.organization.id);
        assert!(
            !store
                .sessions
                .open(&late, &token(), &ada.password, &entry())
                .await
                .unwrap()
        );
        assert_eq!(store.sessions.find(ada.user.id, late.id, at).await.unwrap(), None);
        assert!(
            store
                .sessions
                .open(&late, &token(), &change.new, &entry())
                .await
                .unwrap()
        );
    }
);

for_each_store!(sessions_are_listed_newest_first, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let mut opened = vec![ada.session.clone()];
    for _ in 0..4 {
        opened.push(open(&store, ada.user.id, ada.organization.id).await.0);
    }
    opened.reverse();
    let now = moment();
    let listed = in_twos(async |request| store.sessions.list(ada.user.id, &request, now).await).await;
    assert_eq!(listed, opened);
    let listed = in_twos(async |request| store.sessions.list(bob.user.id, &request, now).await).await;
    assert_eq!(listed, [bob.session]);
});

for_each_store!(a_session_is_gone_from_its_idle_and_its_absolute_end_on, |store| {
    let ada = register(&store, "ada").await;
    let mut short = session(ada.user.id, ada.organization.id);
    short.ends_at = short.created_at.plus(DAY);
    assert!(
        store
            .sessions
            .open(&short, &token(), &ada.password, &entry())
            .await
            .unwrap()
    );
    for ends in [&ada.session, &short] {
        let end = ends.expires_at.min(ends.ends_at);
        let before = store.sessions.find(ada.user.id, ends.id, end.minus(MICROSECOND)).await;
        assert!(before.unwrap().is_some());
        assert!(store.sessions.find(ada.user.id, ends.id, end).await.unwrap().is_none());
        let page = store.sessions.list(ada.user.id, &everything(), end).await.unwrap();
        assert!(page.items.iter().all(|session| session.id != ends.id));
        let renamed = store
            .sessions
            .rename(ada.user.id, ends.id, &name("x"), Expected::Any, end)
            .await;
        assert!(matches!(renamed, Err(ChangeError::NotFound)));
        assert!(
            store
                .sessions
                .end(ada.user.id, ends.id, end, end, &entry())
                .await
                .unwrap()
                .is_none()
        );
    }
});

for_each_store!(a_session_is_named_by_its_user_alone, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let first = Expected::Exactly(Version::FIRST);
    let (id, now) = (ada.session.id, moment());
    for expected in [first, Expected::Any] {
        let foreign = store
            .sessions
            .rename(bob.user.id, id, &name("mine"), expected, now)
            .await;
        assert!(matches!(foreign, Err(ChangeError::NotFound)));
    }
    assert_eq!(store.sessions.find(bob.user.id, id, now).await.unwrap(), None);
    assert_eq!(
        store.sessions.find(ada.user.id, id, now).await.unwrap(),
        Some(ada.session.clone())
    );

    let named = store
        .sessions
        .rename(ada.user.id, id, &name("phone"), first, now)
        .await
        .unwrap();
    assert_eq!((&named.name, named.version), (&Some(name("phone")), Version::new(2)));
    assert_eq!(
        store.sessions.find(ada.user.id, id, now).await.unwrap(),
        Some(named.clone())
    );
    let stale = store
        .sessions
        .rename(ada.user.id, id, &name("tablet"), first, now)
        .await;
    assert!(matches!(stale, Err(ChangeError::Stale(version)) if version.get() == 2));
    assert_eq!(store.sessions.find(ada.user.id, id, now).await.unwrap(), Some(named));
});

for_each_store!(
    a_session_moves_to_another_organization_and_the_next_sign_in_with_it,
    |store| {
        let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
        let (other, _) = open(&store, ada.user.id, ada.organization.id).await;
        let second = tenon_tests::accounts::organization("Second");
        store
            .organizations
            .create(&second, ada.user.id, None, &entry())
            .await
            .unwrap();
        let home = store.members.home(ada.user.id, None).await.unwrap().unwrap();
        assert_eq!(home.organization, ada.organization);

        store.sessions.move_to(&ada.session, second.id).await.unwrap();
        let now = moment();
        let moved = store
            .sessions
            .find(ada.user.id, ada.session.id, now)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(moved.organization, second.id);
        assert_eq!(
            store.sessions.find(ada.user.id, other.id, now).await.unwrap(),
            Some(other)
        );
        let home = store.members.home(ada.user.id, None).await.unwrap().unwrap();
        assert_eq!(home.organization, second);
        assert_eq!(
            store.sessions.find(bob.user.id, bob.session.id, now).await.unwrap(),
            Some(bob.session)
        );
    }
);

for_each_store!(
    moves_and_ends_of_the_same_sessions_do_not_lock_each_other_out,
    |store| {
        let ada = register(&store, "ada").await;
        let mut sessions = Vec::new();
        for _ in 0..8 {
            sessions.push(open(&store, ada.user.id, ada.organization.id).await.0);
        }
        let mut password = ada.password.clone();
        for round in 0..5 {
            let moves = sessions.clone().into_iter().map(|session| {
                let port = store.sessions.clone();
                runner(async move { port.move_to(&session, ada.organization.id).await.is_ok() })
            });
            let (users, at) = (store.users.clone(), moment());
            let new = tenon_tests::accounts::hash(&format!("round {round}"));
            let change = tenon_accounts::PasswordChange {
                entry: entry(),
                user: ada.user.id,
                old: std::mem::replace(&mut password, new.clone()),
                new,
                keep: Some(ada.session.id),
                at,
                forget_at: at,
            };
            let changing = runner(async move { users.change_password(&change).await.is_ok() });
            assert!(race(moves.chain([changing])).await.into_iter().all(|ok| ok));
            for session in &mut sessions {
                *session = open(&store, ada.user.id, ada.organization.id).await.0;
            }
        }
    }
);
