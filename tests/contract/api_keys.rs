use tenon_accounts::{ApiKey, ApiKeyName, KeyPrefix, KeyUse, Registration, TokenDigest};
use tenon_kernel::{About, Act, CreateError, Created, Expected, Id, KeyScope, KeyScopes};
use tenon_sql::Store;
use tenon_tests::accounts::{register, remembered, repeated, reused, token};
use tenon_tests::assets::{asset, own, retitled};
use tenon_tests::audit::entry;
use tenon_tests::clock::{DAY, MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};

use crate::pages::in_twos;

/// A key of somebody's organization, to be.
pub fn key(owner: &Registration, name: &str) -> ApiKey {
    let now = moment();
    ApiKey {
        id: Id::at(now),
        organization: owner.organization.id,
        name: ApiKeyName::parse(name).unwrap(),
        prefix: KeyPrefix::stored("tenon_abc-_1".to_owned()),
        scopes: KeyScopes::from_iter([KeyScope::ReadRooms, KeyScope::ReadAssets]),
        created_by: owner.user.id,
        created_at: now,
        last_used_at: None,
        expires_at: None,
    }
}

async fn stored(store: &Store, owner: &Registration, name: &str) -> (ApiKey, TokenDigest) {
    let (key, token) = (key(owner, name), token());
    assert_eq!(
        store.api_keys.create(&key, &token, None, &entry()).await.unwrap(),
        Created::Now(())
    );
    (key, token)
}

for_each_store!(api_keys_read_back_and_are_listed_the_newest_first, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let mut made: Vec<ApiKey> = ["Z", "A", "\"'\\%_ 工場", "Z", "C"].map(|name| key(&ada, name)).into();
    made[1].expires_at = Some(moment().plus(DAY));
    made[2].scopes = KeyScope::ALL.into_iter().collect();
    made[3].last_used_at = Some(moment());
    for key in &made {
        let token = token();
        store.api_keys.create(key, &token, None, &entry()).await.unwrap();
        assert_eq!(store.api_keys.by_token(&token).await.unwrap().as_ref(), Some(key));
        let found = store.api_keys.find(key.organization, key.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(key));
    }
    stored(&store, &bob, "Other").await;
    made.reverse();
    let listed = in_twos(async |request| store.api_keys.list(ada.organization.id, &request).await).await;
    assert_eq!(listed, made);
    assert_eq!(store.api_keys.by_token(&token()).await.unwrap(), None);
});

for_each_store!(an_api_key_is_known_to_its_organization_alone, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let (made, token) = stored(&store, &ada, "Warehouse").await;
    let other = bob.organization.id;
    assert_eq!(store.api_keys.find(other, made.id).await.unwrap(), None);
    assert!(!store.api_keys.remove(other, made.id, &entry()).await.unwrap());
    let used = KeyUse {
        organization: other,
        key: made.id,
        at: moment(),
    };
    store.api_keys.used(&[used]).await.unwrap();
    assert_eq!(store.api_keys.by_token(&token).await.unwrap(), Some(made));
});

for_each_store!(an_api_key_that_many_take_away_at_once_is_taken_away_once, |store| {
    let ada = register(&store, "ada").await;
    let (made, token) = stored(&store, &ada, "Warehouse").await;
    let runners = (0..20).map(|_| {
        let (keys, made) = (store.api_keys.clone(), made.clone());
        runner(async move { keys.remove(made.organization, made.id, &entry()).await.unwrap() })
    });
    assert_eq!(race(runners).await.into_iter().filter(|removed| *removed).count(), 1);
    assert_eq!(store.api_keys.by_token(&token).await.unwrap(), None);
    assert_eq!(store.api_keys.find(made.organization, made.id).await.unwrap(), None);
});

for_each_store!(a_remembered_api_key_is_stored_once, |store| {
    let ada = register(&store, "ada").await;
    let request = remembered("0");
    let runners = (0..20).map(|number| {
        let (keys, made, token) = (store.api_keys.clone(), key(&ada, "Racer"), token());
        let request = repeated(&request, &number.to_string());
        async move {
            (
                number,
                keys.create(&made, &token, Some(&request), &entry()).await.unwrap(),
            )
        }
    });
    let outcomes = race(runners).await;
    let won: Vec<_> = outcomes
        .iter()
        .filter(|(_, created)| *created == Created::Now(()))
        .collect();
    assert_eq!(won.len(), 1);
    let answer = Created::Before(won[0].0.to_string().into_bytes());
    assert_eq!(outcomes.iter().filter(|(_, created)| *created == answer).count(), 19);
    let (other, reused) = (key(&ada, "Other"), reused(&request));
    let refused = store.api_keys.create(&other, &token(), Some(&reused), &entry()).await;
    assert!(matches!(refused, Err(CreateError::KeyReused)));
    let listed = in_twos(async |request| store.api_keys.list(ada.organization.id, &request).await).await;
    assert_eq!(listed.len(), 1);
});

for_each_store!(what_cannot_be_stored_of_an_api_key_leaves_nothing, |store| {
    let ada = register(&store, "ada").await;
    let (_, taken) = stored(&store, &ada, "Warehouse").await;
    let request = remembered("never");
    let twin = store
        .api_keys
        .create(&key(&ada, "Twin"), &taken, Some(&request), &entry())
        .await;
    assert!(matches!(twin, Err(CreateError::Unavailable(_))));
    assert_eq!(
        store.answers.claim(&request.key, moment()).await.unwrap(),
        tenon_kernel::Answered::Never
    );
    let listed = in_twos(async |request| store.api_keys.list(ada.organization.id, &request).await).await;
    assert_eq!(listed.len(), 1);
});

for_each_store!(a_use_of_an_api_key_is_noted_and_never_an_earlier_one, |store| {
    let ada = register(&store, "ada").await;
    let ((one, token), (other, _)) = (stored(&store, &ada, "One").await, stored(&store, &ada, "Other").await);
    let now = moment();
    let uses = |at| {
        [&one, &other].map(|key| KeyUse {
            organization: key.organization,
            key: key.id,
            at,
        })
    };
    for (at, expected) in [
        (now, now),
        (now.minus(MINUTE), now),
        (now.plus(MINUTE), now.plus(MINUTE)),
    ] {
        store.api_keys.used(&uses(at)).await.unwrap();
        let found = store.api_keys.by_token(&token).await.unwrap().unwrap();
        assert_eq!(found.last_used_at, Some(expected));
    }
    assert!(store.api_keys.remove(one.organization, one.id, &entry()).await.unwrap());
    store.api_keys.used(&uses(now.plus(2 * MINUTE))).await.unwrap();
    let found = store
        .api_keys
        .find(other.organization, other.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.last_used_at, Some(now.plus(2 * MINUTE)));
    assert_eq!(store.api_keys.find(one.organization, one.id).await.unwrap(), None);
});

for_each_store!(api_keys_go_with_their_organization, |store| {
    let ada = register(&store, "ada").await;
    let (made, token) = stored(&store, &ada, "Warehouse").await;
    let entry = entry();
    let deleted = store
        .organizations
        .delete(made.organization, Expected::Any, moment(), moment(), &entry);
    deleted.await.unwrap();
    assert_eq!(store.api_keys.by_token(&token).await.unwrap(), None);
});

for_each_store!(an_activity_says_which_api_key_acted_in_whose_name, |store| {
    let ada = register(&store, "ada").await;
    let (key, _) = stored(&store, &ada, "Warehouse").await;
    let scope = own(ada.organization.id, ada.user.id);
    let act = || Act {
        key: Some(key.id),
        ..Act::of(ada.user.id, moment())
    };
    let pump = asset(&scope, "Pump");
    store.inventory.insert(&pump, act(), None).await.unwrap();
    let renamed = retitled(&pump, "Main pump");
    store.inventory.replace(&scope, &pump, &renamed, act()).await.unwrap();
    store
        .inventory
        .delete(&scope, pump.id, Expected::Any, act())
        .await
        .unwrap();
    let happened = in_twos(async |request| store.activities.list(ada.organization.id, &request).await).await;
    let untold = store.outbox.untold(moment().plus(MINUTE)).await.unwrap();
    let untold: Vec<_> = untold
        .into_iter()
        .filter(|activity| matches!(activity.about, About::Asset { .. }))
        .collect();
    for activities in [happened, untold] {
        assert_eq!(activities.len(), 3);
        for activity in activities {
            assert_eq!((activity.by, activity.key), (Some(ada.user.id), Some(key.id)));
        }
    }
});
