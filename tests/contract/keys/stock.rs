use tenon_kernel::{OrganizationId, UserId};
use tenon_messages::keys::{Prekey, PrekeyKind, Signed, StockError, Stocked, Upload};
use tenon_sql::Store;
use tenon_tests::accounts::register;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::keys::Owner;
use tenon_tests::race::race;

use super::{enter, number, supply};

fn one_time(prekeys: &[Prekey]) -> Upload {
    Upload {
        one_time: prekeys.to_vec(),
        ..Upload::default()
    }
}

const fn stocked(accepted: u32, remaining: u32) -> Stocked {
    Stocked {
        accepted,
        supply: supply(remaining, false),
    }
}

/// The next prekey of the user's first device.
async fn claim(store: &Store, organization: OrganizationId, user: UserId) -> (PrekeyKind, Prekey) {
    let claimed = store.devices.claim(organization, user, Some(number(1)), moment()).await;
    let claimed = claimed.unwrap().unwrap();
    (claimed[0].prekey.kind, claimed[0].prekey.prekey)
}

for_each_store!(the_same_prekey_again_has_no_effect_also_when_it_was_claimed, |store| {
    let ada = register(&store, "ada").await;
    let (user, organization) = (ada.user.id, ada.organization.id);
    let owner = Owner::default();
    let device = owner.device([10, 11]);
    enter(&store, user, &device).await;
    let claimed = claim(&store, organization, user).await;
    assert_eq!(claimed, (PrekeyKind::OneTime, device.one_time_prekeys[0]));
    let again = one_time(&device.one_time_prekeys);
    for _ in 0..2 {
        assert_eq!(
            store.devices.stock(user, number(1), &again).await.unwrap(),
            stocked(0, 1)
        );
    }
    let mut mixed = device.one_time_prekeys.clone();
    mixed.extend(owner.one_time([12]));
    let taken = store.devices.stock(user, number(1), &one_time(&mixed)).await.unwrap();
    assert_eq!(taken, stocked(1, 2));
    assert_eq!(claim(&store, organization, user).await.1, device.one_time_prekeys[1]);
    assert_eq!(claim(&store, organization, user).await.1, mixed[2]);
    assert_eq!(claim(&store, organization, user).await.0, PrekeyKind::LastResort);
});

for_each_store!(
    a_contradicting_prekey_refuses_the_whole_upload_also_when_it_was_claimed,
    |store| {
        let ada = register(&store, "ada").await;
        let (user, organization) = (ada.user.id, ada.organization.id);
        let owner = Owner::default();
        let device = owner.device([10, 11]);
        enter(&store, user, &device).await;
        claim(&store, organization, user).await;
        let new = owner.prekey(Signed::OneTimePrekey, 12);
        for there in &device.one_time_prekeys {
            let other_key = owner.prekey(Signed::OneTimePrekey, there.id.get());
            let other_id = owner.prekey_of(Signed::OneTimePrekey, 13, there.key);
            for wrong in [other_key, other_id] {
                let refused = store.devices.stock(user, number(1), &one_time(&[new, wrong])).await;
                assert!(matches!(refused, Err(StockError::Conflict)), "{refused:?}");
            }
        }
        for (signed, last_resort) in [(Some(1), None), (None, Some(1))] {
            let upload = Upload {
                one_time: vec![new],
                signed: signed.map(|id| owner.prekey(Signed::SignedPrekey, id)),
                last_resort: last_resort.map(|id| owner.prekey(Signed::LastResortPrekey, id)),
            };
            let refused = store.devices.stock(user, number(1), &upload).await;
            assert!(matches!(refused, Err(StockError::Conflict)), "{refused:?}");
        }
        assert_eq!(
            store.devices.supply(user, number(1)).await.unwrap(),
            Some(supply(1, false))
        );
        let own = store.devices.own(user, None).await.unwrap();
        assert_eq!(own[0].device.signed_prekey, device.signed_prekey);
    }
);

for_each_store!(devices_have_ids_of_their_own, |store| {
    let user = register(&store, "ada").await.user.id;
    let (one, two) = (Owner::default(), Owner::default());
    enter(&store, user, &one.device([1, 2])).await;
    enter(&store, user, &two.device([1])).await;
    let taken = store.devices.stock(user, number(2), &two.upload([2, 3])).await.unwrap();
    assert_eq!(taken, stocked(2, 3));
    assert_eq!(
        store.devices.supply(user, number(1)).await.unwrap(),
        Some(supply(2, false))
    );
});

for_each_store!(the_signed_and_the_last_resort_prekey_are_replaced, |store| {
    let ada = register(&store, "ada").await;
    let (user, organization) = (ada.user.id, ada.organization.id);
    let owner = Owner::default();
    let device = owner.device([]);
    enter(&store, user, &device).await;
    let claimed = claim(&store, organization, user).await;
    assert_eq!(claimed, (PrekeyKind::LastResort, device.last_resort_prekey));
    let used = Some(supply(0, true));
    assert_eq!(store.devices.supply(user, number(1)).await.unwrap(), used);

    let same = Upload {
        signed: Some(device.signed_prekey),
        last_resort: Some(device.last_resort_prekey),
        one_time: Vec::new(),
    };
    let kept = store.devices.stock(user, number(1), &same).await.unwrap();
    assert_eq!(Some(kept.supply), used);
    let signed = owner.prekey(Signed::SignedPrekey, 2);
    let upload = Upload {
        signed: Some(signed),
        ..owner.upload([4])
    };
    let kept = store.devices.stock(user, number(1), &upload).await.unwrap();
    assert_eq!((kept.accepted, kept.supply), (1, supply(1, true)));
    assert_eq!(
        store.devices.own(user, None).await.unwrap()[0].device.signed_prekey,
        signed
    );

    let last_resort = owner.prekey(Signed::LastResortPrekey, 2);
    let upload = Upload {
        last_resort: Some(last_resort),
        ..Upload::default()
    };
    let replaced = store.devices.stock(user, number(1), &upload).await.unwrap();
    assert_eq!(replaced, stocked(0, 1));
    claim(&store, organization, user).await;
    assert_eq!(
        claim(&store, organization, user).await,
        (PrekeyKind::LastResort, last_resort)
    );
});

for_each_store!(
    a_thousand_unclaimed_prekeys_are_the_most_also_when_uploads_race,
    |store| {
        let ada = register(&store, "ada").await;
        let (user, organization) = (ada.user.id, ada.organization.id);
        let owner = Owner::default();
        enter(&store, user, &owner.device([])).await;
        let uploads = (0..12).map(|turn| {
            let (devices, upload) = (store.devices.clone(), owner.upload(turn * 100..turn * 100 + 100));
            async move { devices.stock(user, number(1), &upload).await }
        });
        let outcomes = race(uploads.collect::<Vec<_>>()).await;
        let refused = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Err(StockError::TooMany)))
            .count();
        assert_eq!(
            (refused, outcomes.iter().filter(|outcome| outcome.is_ok()).count()),
            (2, 10)
        );
        assert_eq!(
            store.devices.supply(user, number(1)).await.unwrap(),
            Some(supply(1_000, false))
        );
        let nothing = store.devices.stock(user, number(1), &Upload::default()).await.unwrap();
        assert_eq!(nothing, stocked(0, 1_000));
        let one = owner.upload([9_999]);
        let refused = store.devices.stock(user, number(1), &one).await;
        assert!(matches!(refused, Err(StockError::TooMany)));
        claim(&store, organization, user).await;
        let taken = store.devices.stock(user, number(1), &one).await.unwrap();
        assert_eq!(taken, stocked(1, 1_000));
    }
);

for_each_store!(a_device_that_was_removed_takes_nothing, |store| {
    let user = register(&store, "ada").await.user.id;
    let owner = Owner::default();
    enter(&store, user, &owner.device([])).await;
    assert!(store.devices.remove(user, number(1), moment()).await.unwrap());
    for device in [0, 1, 2] {
        let refused = store.devices.stock(user, number(device), &owner.upload([1])).await;
        assert!(matches!(refused, Err(StockError::NotFound)), "{device}");
    }
});
