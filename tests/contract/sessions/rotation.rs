//! The exchange of refresh tokens (RFC 9700, section 4.14.2).

use tenon_accounts::{Device, Rotated, Rotation, Salt, Session, Subject, TokenDigest};
use tenon_kernel::Timestamp;
use tenon_sql::Store;
use tenon_tests::accounts::{GRACE, open, register, rotation, token};
use tenon_tests::audit::entry;
use tenon_tests::clock::{DAY, MICROSECOND, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};

async fn rotate(store: &Store, rotation: &Rotation) -> Rotated {
    store.sessions.rotate(rotation).await.unwrap()
}

/// Exchanges the live token and returns its successor.
async fn exchange(store: &Store, presented: TokenDigest, at: Timestamp) -> TokenDigest {
    let rotation = rotation(presented, at);
    assert!(matches!(rotate(store, &rotation).await, Rotated::Fresh { .. }));
    rotation.successor
}

/// Fails unless the session ended just now for the reuse of a token, with a revocation, and takes no token any more.
async fn assert_ended(store: &Store, outcome: Rotated, session: &Session, at: Timestamp, live: TokenDigest) {
    let Rotated::Reused(revocation) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(revocation.subject, Subject::Session(session.id));
    assert_eq!(store.revocations.since(at, at).await.unwrap(), [revocation]);
    assert_eq!(store.sessions.find(session.user, session.id, at).await.unwrap(), None);
    assert!(matches!(rotate(store, &rotation(live, at)).await, Rotated::Refused));
}

for_each_store!(a_live_token_is_exchanged_for_its_successor, |store| {
    let ada = register(&store, "ada").await;
    let at = moment();
    let first = rotation(ada.refresh, at);
    let Rotated::Fresh { session, user } = rotate(&store, &first).await else {
        panic!("the token was live")
    };
    assert_eq!(user, ada.user);
    let expected = Session {
        device: first.device.clone(),
        last_used_at: at,
        expires_at: at.plus(7 * DAY),
        ..ada.session.clone()
    };
    assert_eq!(session, expected);
    assert_eq!(
        store.sessions.find(user.id, session.id, at).await.unwrap(),
        Some(expected)
    );

    let mut second = rotation(first.successor, moment());
    second.device = Device::default();
    let Rotated::Fresh { session, .. } = rotate(&store, &second).await else {
        panic!("the successor was live")
    };
    assert_eq!(session.device, Device::default());
    assert_eq!(
        store.sessions.find(user.id, session.id, second.at).await.unwrap(),
        Some(session)
    );
});

for_each_store!(the_idle_end_moves_with_each_exchange_up_to_the_absolute_end, |store| {
    let ada = register(&store, "ada").await;
    let (mut live, mut at) = (ada.refresh, ada.session.created_at);
    for _ in 0..4 {
        at = at.plus(6 * DAY);
        live = exchange(&store, live, at).await;
        let session = store
            .sessions
            .find(ada.user.id, ada.session.id, at)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(session.expires_at, at.plus(7 * DAY).min(ada.session.ends_at));
        assert_eq!(session.ends_at, ada.session.ends_at);
    }
    let end = ada.session.ends_at;
    assert_eq!(
        at.plus(6 * DAY),
        end,
        "the last exchange was a week before the end, less a day"
    );
    assert!(matches!(rotate(&store, &rotation(live, end)).await, Rotated::Refused));
    exchange(&store, live, end.minus(MICROSECOND)).await;
});

for_each_store!(
    of_fifty_exchanges_at_once_one_is_fresh_and_the_others_repeat_it,
    |store| {
        let ada = register(&store, "ada").await;
        let at = moment();
        let runners = (0..50).map(|_| {
            let (sessions, rotation) = (store.sessions.clone(), rotation(ada.refresh, at));
            async move {
                (
                    rotation.salt,
                    rotation.successor,
                    sessions.rotate(&rotation).await.unwrap(),
                )
            }
        });
        let (mut fresh, mut repeated) = (Vec::new(), Vec::new());
        for (salt, successor, outcome) in race(runners).await {
            match outcome {
                Rotated::Fresh { session, .. } => fresh.push((salt, successor, session)),
                Rotated::Repeated { salt, session, user } => {
                    assert_eq!(user, ada.user);
                    repeated.push((salt, session));
                }
                Rotated::Reused(_) | Rotated::Refused => panic!("{outcome:?}"),
            }
        }
        let [(salt, successor, session)] = fresh.try_into().unwrap();
        assert_eq!(repeated.len(), 49);
        assert!(repeated.iter().all(|(again, same)| *again == salt && *same == session));
        exchange(&store, successor, at).await;
    }
);

for_each_store!(
    the_parent_of_the_live_token_repeats_its_exchange_within_the_grace,
    |store| {
        let ada = register(&store, "ada").await;
        let first = rotation(ada.refresh, moment());
        rotate(&store, &first).await;
        let last = first.at.plus(GRACE);
        for at in [first.at, last] {
            let again = rotate(&store, &rotation(ada.refresh, at)).await;
            let Rotated::Repeated { salt, session, user } = again else {
                panic!("{again:?}")
            };
            assert_eq!((salt, user), (first.salt, ada.user.clone()));
            assert_eq!((session.last_used_at, session.device), (first.at, first.device.clone()));
        }
        exchange(&store, first.successor, last).await;
    }
);

for_each_store!(the_parent_of_the_live_token_ends_the_session_after_the_grace, |store| {
    let ada = register(&store, "ada").await;
    let first = rotation(ada.refresh, moment());
    rotate(&store, &first).await;
    let late = first.at.plus(GRACE).plus(MICROSECOND);
    let outcome = rotate(&store, &rotation(ada.refresh, late)).await;
    assert_ended(&store, outcome, &ada.session, late, first.successor).await;
    let again = rotate(&store, &rotation(ada.refresh, late)).await;
    assert!(matches!(again, Rotated::Refused), "the session has ended already");
});

for_each_store!(an_older_token_ends_the_session_even_within_the_grace, |store| {
    let ada = register(&store, "ada").await;
    let (other, other_token) = open(&store, ada.user.id, ada.organization.id).await;
    let at = moment();
    let second = exchange(&store, ada.refresh, at).await;
    let third = exchange(&store, second, at).await;
    let outcome = rotate(&store, &rotation(ada.refresh, at)).await;
    assert_ended(&store, outcome, &ada.session, at, third).await;
    assert!(matches!(rotate(&store, &rotation(second, at)).await, Rotated::Refused));

    assert_eq!(
        store.sessions.find(ada.user.id, other.id, at).await.unwrap(),
        Some(other)
    );
    exchange(&store, other_token, at).await;
});

for_each_store!(of_many_that_reuse_an_old_token_at_once_one_ends_the_session, |store| {
    let ada = register(&store, "ada").await;
    let at = moment();
    let second = exchange(&store, ada.refresh, at).await;
    exchange(&store, second, at).await;
    let runners = (0..20).map(|_| {
        let (sessions, rotation) = (store.sessions.clone(), rotation(ada.refresh, at));
        async move { sessions.rotate(&rotation).await.unwrap() }
    });
    let outcomes = race(runners).await;
    let reused = |outcome: &&Rotated| matches!(outcome, Rotated::Reused(_));
    assert_eq!(outcomes.iter().filter(reused).count(), 1);
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Rotated::Reused(_) | Rotated::Refused))
    );
    assert_eq!(store.revocations.since(at, at).await.unwrap().len(), 1);
});

for_each_store!(unknown_and_expired_tokens_are_refused_and_end_nothing, |store| {
    let ada = register(&store, "ada").await;
    let at = moment();
    assert!(matches!(rotate(&store, &rotation(token(), at)).await, Rotated::Refused));
    let second = exchange(&store, ada.refresh, at).await;
    let expired = at.plus(7 * DAY);
    for token in [second, ada.refresh] {
        assert!(matches!(
            rotate(&store, &rotation(token, expired)).await,
            Rotated::Refused
        ));
    }
    assert!(store.revocations.since(at, at).await.unwrap().is_empty());
    exchange(&store, second, expired.minus(MICROSECOND)).await;
});

for_each_store!(a_session_that_ends_while_its_token_is_exchanged_stays_ended, |store| {
    for round in 0..10 {
        let ada = register(&store, &format!("ada{round}")).await;
        let at = moment();
        let first = rotation(ada.refresh, at);
        let (exchanging, ending) = (store.sessions.clone(), store.sessions.clone());
        let successor = first.successor;
        let runners = [
            runner(async move { matches!(exchanging.rotate(&first).await.unwrap(), Rotated::Fresh { .. }) }),
            runner(async move {
                ending
                    .end(ada.user.id, ada.session.id, at, at, &entry())
                    .await
                    .unwrap()
                    .is_some()
            }),
        ];
        let outcomes = race(runners).await;
        assert!(outcomes[1], "the session was live");
        for token in [ada.refresh, successor] {
            assert!(matches!(rotate(&store, &rotation(token, at)).await, Rotated::Refused));
        }
    }
});

for_each_store!(salts_and_digests_keep_every_byte, |store| {
    let ada = register(&store, "ada").await;
    let mut first = rotation(ada.refresh, moment());
    first.salt = Salt([0; 32]);
    first.successor = TokenDigest([0xff; 32]);
    rotate(&store, &first).await;
    let again = rotate(&store, &rotation(ada.refresh, first.at)).await;
    assert!(matches!(
        again,
        Rotated::Repeated {
            salt: Salt([0, ..]),
            ..
        }
    ));
    let mut second = rotation(TokenDigest([0xff; 32]), first.at);
    second.successor = TokenDigest([0; 32]);
    assert!(matches!(rotate(&store, &second).await, Rotated::Fresh { .. }));
    exchange(&store, TokenDigest([0; 32]), first.at).await;
});
