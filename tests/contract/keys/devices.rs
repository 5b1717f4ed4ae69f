use tenon_messages::keys::{DeviceName, EnterError, NewDevice, OwnDevice, Registered, StockError};
use tenon_tests::accounts::register;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::keys::Owner;
use tenon_tests::race::race;

use super::{enter, number, refusal, supply};

for_each_store!(a_device_reads_back_as_it_was_registered, |store| {
    let ada = register(&store, "ada").await;
    let (user, organization) = (ada.user.id, ada.organization.id);
    let device = NewDevice {
        name: Some(DeviceName::parse("Phone").unwrap()),
        ..Owner::default().device(0..5)
    };
    let at = moment();
    let Registered::Now(own) = store.devices.register(user, &device, at).await.unwrap() else {
        panic!("it is new");
    };
    assert_eq!(
        (own.device.user, own.device.id, own.device.created_at),
        (user, number(1), at)
    );
    assert_eq!(own.device.identity_key, device.identity_key);
    assert_eq!(own.device.agreement_key, device.agreement_key);
    assert_eq!(own.device.signed_prekey, device.signed_prekey);
    assert_eq!((&own.name, own.supply), (&device.name, supply(5, false)));
    let other = enter(&store, user, &Owner::default().device([])).await;
    assert_eq!((other.device.id, other.supply), (number(2), supply(0, false)));
    assert_eq!(
        store.devices.own(user, None).await.unwrap(),
        [own.clone(), other.clone()]
    );
    assert_eq!(
        store.devices.own(user, Some(number(2))).await.unwrap(),
        std::slice::from_ref(&other)
    );
    assert_eq!(store.devices.own(user, Some(number(3))).await.unwrap(), []);
    assert_eq!(
        store.devices.supply(user, number(1)).await.unwrap(),
        Some(supply(5, false))
    );
    let listed = store.devices.of_member(organization, user).await.unwrap();
    assert_eq!(listed, Some(vec![own.device, other.device]));
});

for_each_store!(numbers_are_counted_for_each_user_and_never_given_twice, |store| {
    let (ada, bob) = (
        register(&store, "ada").await.user.id,
        register(&store, "bob").await.user.id,
    );
    for expected in 1..=3 {
        let own = enter(&store, ada, &Owner::default().device(0..2)).await;
        assert_eq!(own.device.id, number(expected));
        assert!(store.devices.remove(ada, own.device.id, moment()).await.unwrap());
        assert!(!store.devices.remove(ada, own.device.id, moment()).await.unwrap());
        assert_eq!(store.devices.own(ada, None).await.unwrap(), []);
        assert_eq!(store.devices.supply(ada, own.device.id).await.unwrap(), None);
    }
    assert_eq!(
        enter(&store, bob, &Owner::default().device([])).await.device.id,
        number(1)
    );
    assert!(!store.devices.remove(ada, number(1), moment()).await.unwrap());
    assert_eq!(store.devices.own(bob, None).await.unwrap().len(), 1);
});

for_each_store!(
    the_same_keys_again_are_the_same_device_and_its_prekeys_are_taken,
    |store| {
        let user = register(&store, "ada").await.user.id;
        let owner = Owner::default();
        let device = owner.device(0..3);
        let first = enter(&store, user, &device).await;
        let again = store.devices.register(user, &device, moment()).await.unwrap();
        assert_eq!(again, Registered::Before(first.clone()));
        let mut more = device.clone();
        more.one_time_prekeys.extend(owner.one_time(3..5));
        let Registered::Before(own) = store.devices.register(user, &more, moment()).await.unwrap() else {
            panic!("it was there");
        };
        assert_eq!((own.device, own.supply), (first.device, supply(5, false)));
        assert!(matches!(
            refusal(&store, user, &owner.device([0])).await,
            EnterError::Conflict
        ));
        assert_eq!(
            store.devices.supply(user, number(1)).await.unwrap(),
            Some(supply(5, false))
        );
    }
);

for_each_store!(an_identity_key_belongs_to_one_device_for_good, |store| {
    let (ada, bob) = (
        register(&store, "ada").await.user.id,
        register(&store, "bob").await.user.id,
    );
    let device = Owner::default().device(0..2);
    enter(&store, ada, &device).await;
    assert!(matches!(refusal(&store, bob, &device).await, EnterError::IdentityTaken));
    let other_agreement = NewDevice {
        agreement_key: Owner::default().device([]).agreement_key,
        ..device.clone()
    };
    for user in [ada, bob] {
        let refused = refusal(&store, user, &other_agreement).await;
        assert!(matches!(refused, EnterError::IdentityTaken));
    }
    assert!(store.devices.remove(ada, number(1), moment()).await.unwrap());
    for user in [ada, bob] {
        assert!(matches!(
            refusal(&store, user, &device).await,
            EnterError::IdentityTaken
        ));
        assert_eq!(store.devices.own(user, None).await.unwrap(), []);
    }
});

for_each_store!(one_of_those_who_race_for_an_identity_key_gets_it, |store| {
    let device = Owner::default().device(0..10);
    let mut users = Vec::new();
    for name in ["ada", "bob", "cem", "dov", "eve"] {
        users.push(register(&store, name).await.user.id);
    }
    let attempts = users.iter().map(|user| {
        let (devices, device, user) = (store.devices.clone(), device.clone(), *user);
        async move { devices.register(user, &device, moment()).await }
    });
    let outcomes = race(attempts.collect::<Vec<_>>()).await;
    let mut won = 0;
    for (user, outcome) in users.iter().zip(outcomes) {
        let own: Vec<OwnDevice> = store.devices.own(*user, None).await.unwrap();
        match outcome {
            Ok(Registered::Now(device)) => {
                won += 1;
                assert_eq!(own, [device]);
            }
            Err(EnterError::IdentityTaken) => assert_eq!(own, []),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
});

for_each_store!(a_registration_that_races_with_itself_makes_one_device, |store| {
    let user = register(&store, "ada").await.user.id;
    let device = Owner::default().device(0..10);
    let attempts = (0..8).map(|_| {
        let (devices, device) = (store.devices.clone(), device.clone());
        async move { devices.register(user, &device, moment()).await.unwrap() }
    });
    let outcomes = race(attempts.collect::<Vec<_>>()).await;
    let new = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Registered::Now(_)))
        .count();
    assert_eq!(new, 1);
    let own = store.devices.own(user, None).await.unwrap();
    assert_eq!((own.len(), own[0].supply), (1, supply(10, false)));
});

for_each_store!(
    a_user_has_twenty_devices_at_most_also_when_registrations_race,
    |store| {
        let user = register(&store, "ada").await.user.id;
        let attempts = (0..NewDevice::MOST + 4).map(|_| {
            let devices = store.devices.clone();
            async move { devices.register(user, &Owner::default().device([]), moment()).await }
        });
        let outcomes = race(attempts.collect::<Vec<_>>()).await;
        let refused = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Err(EnterError::TooManyDevices)))
            .count();
        assert_eq!(refused, 4);
        let own = store.devices.own(user, None).await.unwrap();
        let numbers: Vec<_> = own.iter().map(|own| own.device.id).collect();
        assert_eq!(numbers, (1..=20).map(number).collect::<Vec<_>>());
        assert!(store.devices.remove(user, number(7), moment()).await.unwrap());
        let next = enter(&store, user, &Owner::default().device([])).await;
        assert_eq!(next.device.id, number(21));
    }
);

for_each_store!(devices_of_others_are_not_there, |store| {
    let (ada, bob) = (
        register(&store, "ada").await.user.id,
        register(&store, "bob").await.user.id,
    );
    let owner = Owner::default();
    enter(&store, ada, &owner.device(0..2)).await;
    assert_eq!(store.devices.own(bob, Some(number(1))).await.unwrap(), []);
    assert_eq!(store.devices.supply(bob, number(1)).await.unwrap(), None);
    assert!(!store.devices.remove(bob, number(1), moment()).await.unwrap());
    let refused = store.devices.stock(bob, number(1), &owner.upload(5..7)).await;
    assert!(matches!(refused, Err(StockError::NotFound)));
    assert_eq!(
        store.devices.supply(ada, number(1)).await.unwrap(),
        Some(supply(2, false))
    );
});
