use std::collections::HashSet;
use std::sync::Arc;

use tenon_kernel::{Role, UserId};
use tenon_messages::keys::{Claimed, Prekey, PrekeyKind};
use tenon_tests::accounts::{join, register};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::keys::Owner;
use tenon_tests::race::{Runner, race, runner};

use super::{enter, number, supply};

for_each_store!(
    prekeys_are_handed_out_in_the_order_of_their_upload_and_then_the_last_resort,
    |store| {
        let ada = register(&store, "ada").await;
        let (user, organization) = (ada.user.id, ada.organization.id);
        let owner = Owner::default();
        let device = owner.device([7, 3, 9]);
        let own = enter(&store, user, &device).await;
        let later = owner.upload([5, 1]);
        store.devices.stock(user, number(1), &later).await.unwrap();
        let expected: Vec<Prekey> = device.one_time_prekeys.iter().chain(&later.one_time).copied().collect();
        let claim = async || {
            let claimed = store.devices.claim(organization, user, None, moment()).await;
            let claimed: Vec<Claimed> = claimed.unwrap().unwrap();
            assert_eq!((claimed.len(), &claimed[0].device), (1, &own.device));
            claimed[0].clone()
        };
        for (left, prekey) in (0..5).rev().zip(expected) {
            let claimed = claim().await;
            assert_eq!(
                (claimed.prekey.kind, claimed.prekey.prekey),
                (PrekeyKind::OneTime, prekey)
            );
            assert_eq!(claimed.supply, supply(left, false));
            assert_eq!(
                store.devices.supply(user, number(1)).await.unwrap(),
                Some(claimed.supply)
            );
        }
        for _ in 0..2 {
            let claimed = claim().await;
            assert_eq!(claimed.prekey.kind, PrekeyKind::LastResort);
            assert_eq!(claimed.prekey.prekey, device.last_resort_prekey);
            assert_eq!(claimed.supply, supply(0, true));
            assert_eq!(
                store.devices.supply(user, number(1)).await.unwrap(),
                Some(claimed.supply)
            );
        }
    }
);

for_each_store!(a_claim_takes_one_prekey_of_each_device_or_of_the_one, |store| {
    let ada = register(&store, "ada").await;
    let bob = join(&store, ada.organization.id, "bob", Role::Member).await.user.id;
    let organization = ada.organization.id;
    let claim = async |only: Option<u64>| {
        let only = only.map(number);
        store.devices.claim(organization, bob, only, moment()).await.unwrap()
    };
    assert_eq!(claim(None).await, Some(Vec::new()));
    for ids in [vec![1, 2], vec![], vec![1, 2, 3]] {
        enter(&store, bob, &Owner::default().device(ids)).await;
    }
    let claimed = claim(None).await.unwrap();
    let of_each: Vec<_> = claimed
        .iter()
        .map(|claimed| (claimed.device.id, claimed.prekey.kind, claimed.supply))
        .collect();
    assert_eq!(
        of_each,
        [
            (number(1), PrekeyKind::OneTime, supply(1, false)),
            (number(2), PrekeyKind::LastResort, supply(0, true)),
            (number(3), PrekeyKind::OneTime, supply(2, false)),
        ]
    );
    let claimed = claim(Some(3)).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].device.id), (1, number(3)));
    assert_eq!(claimed[0].supply, supply(1, false));
    assert_eq!(
        store.devices.supply(bob, number(1)).await.unwrap(),
        Some(supply(1, false))
    );
    assert!(store.devices.remove(bob, number(3), moment()).await.unwrap());
    for device in [0, 3, 4] {
        assert_eq!(claim(Some(device)).await, Some(Vec::new()), "{device}");
    }
    assert_eq!(claim(None).await.unwrap().len(), 2);
});

for_each_store!(
    two_hundred_claims_at_once_of_a_hundred_prekeys_get_each_once_and_then_the_last_resort,
    |store| {
        let ada = register(&store, "ada").await;
        let (user, organization) = (ada.user.id, ada.organization.id);
        let device = Owner::default().device(0..100);
        enter(&store, user, &device).await;
        let stores = [Arc::new((*store).clone()), Arc::new(store.another())];
        let claims = (0..200).map(|turn| {
            let store = Arc::clone(&stores[turn % 2]);
            async move {
                let claimed = store.devices.claim(organization, user, None, moment()).await;
                claimed.unwrap().unwrap()[0].prekey
            }
        });
        let claimed = race(claims.collect::<Vec<_>>()).await;
        let of = |kind| claimed.iter().filter(move |claimed| claimed.kind == kind);
        let ids: HashSet<u32> = of(PrekeyKind::OneTime).map(|claimed| claimed.prekey.id.get()).collect();
        let keys: HashSet<_> = of(PrekeyKind::OneTime).map(|claimed| claimed.prekey.key).collect();
        assert_eq!(
            (of(PrekeyKind::OneTime).count(), ids.len(), keys.len()),
            (100, 100, 100)
        );
        assert_eq!(of(PrekeyKind::LastResort).count(), 100);
        assert!(of(PrekeyKind::LastResort).all(|claimed| claimed.prekey == device.last_resort_prekey));
        assert_eq!(
            store.devices.supply(user, number(1)).await.unwrap(),
            Some(supply(0, true))
        );
    }
);

/// What a claim handed out, and nothing for what is no claim.
type Outcome = Option<Prekey>;

for_each_store!(
    no_prekey_is_handed_out_twice_while_they_are_uploaded_again_and_again,
    |store| {
        let ada = register(&store, "ada").await;
        let (user, organization): (UserId, _) = (ada.user.id, ada.organization.id);
        let owner = Owner::default();
        enter(&store, user, &owner.device([])).await;
        let uploads: Vec<_> = (0..5).map(|turn| owner.upload(turn * 20..turn * 20 + 20)).collect();
        let stores = [Arc::new((*store).clone()), Arc::new(store.another())];
        let runners: Vec<Runner<Outcome>> = (0..150)
            .map(|turn| {
                let (store, upload) = (Arc::clone(&stores[turn % 2]), uploads[turn % 5].clone());
                match turn % 3 {
                    0 => runner(async move {
                        store.devices.stock(user, number(1), &upload).await.unwrap();
                        None
                    }),
                    _ => runner(async move {
                        let claimed = store.devices.claim(organization, user, None, moment()).await;
                        let claimed = claimed.unwrap().unwrap()[0].prekey;
                        (claimed.kind == PrekeyKind::OneTime).then_some(claimed.prekey)
                    }),
                }
            })
            .collect();
        let mut handed_out: Vec<Prekey> = race(runners).await.into_iter().flatten().collect();
        let is_one_time = |claimed: &Claimed| claimed.prekey.kind == PrekeyKind::OneTime;
        loop {
            let claimed = store.devices.claim(organization, user, None, moment()).await;
            let claimed = claimed.unwrap().unwrap();
            if !is_one_time(&claimed[0]) {
                break;
            }
            handed_out.push(claimed[0].prekey.prekey);
        }
        let distinct: HashSet<u32> = handed_out.iter().map(|prekey| prekey.id.get()).collect();
        assert_eq!((handed_out.len(), distinct.len()), (100, 100));
    }
);
