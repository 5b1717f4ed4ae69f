use tenon_accounts::{PlaceName, RemoveError, UnitCreateError};
use tenon_assets::{InsertError, Placement};
use tenon_kernel::{ChangeError, Created, Expected, Id, Version};
use tenon_tests::accounts::{act, register, remembered, repeated, reused, site, somebody, unit};
use tenon_tests::assets::{asset, entering, own};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};

use crate::pages::in_twos;

const FIRST: Expected = Expected::Exactly(Version::FIRST);

fn name(text: &str) -> PlaceName {
    PlaceName::parse(text).unwrap()
}

for_each_store!(an_asset_for_a_unit_that_is_just_removed_is_told_of_the_unit, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let hall = site(organization, "H");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    for _ in 0..20 {
        let room = unit(organization, hall.id, "R");
        store.units.create(&room, somebody(), None).await.unwrap();
        let units = store.units.clone();
        let mut racers = vec![runner(async move {
            let removed = units.remove(organization, room.id, Expected::Any, act()).await;
            assert!(matches!(removed, Ok(()) | Err(RemoveError::InUse)), "{removed:?}");
        })];
        for _ in 0..3 {
            let inventory = store.inventory.clone();
            let mut made = asset(&own(organization, ada.user.id), "Pump");
            made.placement = Placement::new(Some(hall.id), Some(room.id)).unwrap();
            racers.push(runner(async move {
                let entered = inventory.insert(&made, entering(&made), None).await;
                assert!(matches!(entered, Ok(_) | Err(InsertError::UnknownUnit)), "{entered:?}");
            }));
        }
        race(racers).await;
    }
});

for_each_store!(units_are_listed_in_order_of_creation, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let organization = ada.organization.id;
    let (hall, yard, other) = (
        site(organization, "H"),
        site(organization, "Y"),
        site(bob.organization.id, "O"),
    );
    for site in [&hall, &yard, &other] {
        store.sites.create(site, somebody(), None).await.unwrap();
    }
    let places = [
        ("Z", hall.id),
        ("A", yard.id),
        ("M \"'\\ 工場", hall.id),
        ("B", hall.id),
        ("C", yard.id),
    ];
    let made = places.map(|(name, site)| unit(organization, site, name));
    for unit in made.iter().rev() {
        assert_eq!(
            store.units.create(unit, somebody(), None).await.unwrap(),
            Created::Now(())
        );
    }
    store
        .units
        .create(&unit(bob.organization.id, other.id, "Other"), somebody(), None)
        .await
        .unwrap();
    for wanted in [None, Some(hall.id), Some(yard.id), Some(other.id)] {
        let listed = in_twos(async |request| store.units.list(organization, wanted, &request).await).await;
        let of_site = made.iter().filter(|unit| wanted.is_none_or(|site| unit.site == site));
        assert_eq!(listed, of_site.cloned().collect::<Vec<_>>());
    }
    for unit in made {
        assert_eq!(store.units.find(organization, unit.id).await.unwrap(), Some(unit));
    }
});

for_each_store!(a_unit_needs_a_site_of_its_organization, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let (own, foreign) = (site(ada.organization.id, "Hall"), site(bob.organization.id, "Hall"));
    store.sites.create(&own, somebody(), None).await.unwrap();
    store.sites.create(&foreign, somebody(), None).await.unwrap();
    let request = remembered("kept");
    for unknown in [foreign.id, Id::at(moment())] {
        let room = unit(ada.organization.id, unknown, "Room");
        let refused = store.units.create(&room, somebody(), Some(&request)).await;
        assert!(matches!(refused, Err(UnitCreateError::UnknownSite)));
        assert_eq!(store.units.find(ada.organization.id, room.id).await.unwrap(), None);
    }
    let room = unit(ada.organization.id, own.id, "Room");
    let created = store.units.create(&room, somebody(), Some(&request)).await.unwrap();
    assert_eq!(created, Created::Now(()), "a refused request is not remembered");
});

for_each_store!(a_unit_is_known_to_its_organization_alone, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let (organization, other) = (ada.organization.id, bob.organization.id);
    let hall = site(organization, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let room = unit(organization, hall.id, "Room");
    store.units.create(&room, somebody(), None).await.unwrap();
    assert_eq!(store.units.find(other, room.id).await.unwrap(), None);
    let renamed = store
        .units
        .rename(other, room.id, &name("Mine"), Expected::Any, act())
        .await;
    assert!(matches!(renamed, Err(ChangeError::NotFound)));
    let removed = store.units.remove(other, room.id, Expected::Any, act()).await;
    assert!(matches!(removed, Err(RemoveError::NotFound)));
    assert_eq!(store.units.find(organization, room.id).await.unwrap(), Some(room));
});

for_each_store!(a_remembered_unit_is_stored_once, |store| {
    let organization = register(&store, "ada").await.organization.id;
    let hall = site(organization, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let request = remembered("kept");
    let room = unit(organization, hall.id, "Room");
    assert_eq!(
        store.units.create(&room, somebody(), Some(&request)).await.unwrap(),
        Created::Now(())
    );
    let again = unit(organization, hall.id, "Room");
    let repeated = store
        .units
        .create(&again, somebody(), Some(&repeated(&request, "new")))
        .await
        .unwrap();
    assert_eq!(repeated, Created::Before(b"kept".to_vec()));
    let other = store.units.create(&again, somebody(), Some(&reused(&request))).await;
    assert!(matches!(other, Err(UnitCreateError::KeyReused)));
    assert_eq!(store.units.find(organization, again.id).await.unwrap(), None);
});

for_each_store!(a_new_name_of_a_unit_counts_its_version_up, |store| {
    let organization = register(&store, "ada").await.organization.id;
    let hall = site(organization, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let room = unit(organization, hall.id, "Room");
    store.units.create(&room, somebody(), None).await.unwrap();
    let renaming = act();
    let renamed = store
        .units
        .rename(organization, room.id, &name("Big room"), FIRST, renaming)
        .await
        .unwrap();
    assert_eq!(
        (&renamed.name, renamed.version, renamed.updated_at),
        (&name("Big room"), Version::new(2), renaming.at)
    );
    assert_eq!(
        store.units.find(organization, room.id).await.unwrap(),
        Some(renamed.clone())
    );
    let stale = store
        .units
        .rename(organization, room.id, &name("Room"), FIRST, renaming)
        .await;
    assert!(matches!(stale, Err(ChangeError::Stale(version)) if version == renamed.version));
    let stale = store.units.remove(organization, room.id, FIRST, act()).await;
    assert!(matches!(stale, Err(RemoveError::Stale(version)) if version == renamed.version));
    assert_eq!(store.units.find(organization, room.id).await.unwrap(), Some(renamed));
});

for_each_store!(a_unit_with_assets_is_not_removed, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let hall = site(organization, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let room = unit(organization, hall.id, "Room");
    store.units.create(&room, somebody(), None).await.unwrap();
    let scope = own(organization, ada.user.id);
    let mut placed = asset(&scope, "Pump");
    placed.placement = Placement::new(Some(hall.id), Some(room.id)).unwrap();
    store.inventory.insert(&placed, entering(&placed), None).await.unwrap();

    let refused = store.units.remove(organization, room.id, Expected::Any, act()).await;
    assert!(matches!(refused, Err(RemoveError::InUse)));
    let refused = store.sites.remove(organization, hall.id, Expected::Any, act()).await;
    assert!(matches!(refused, Err(RemoveError::InUse)));
    assert_eq!(
        store.units.find(organization, room.id).await.unwrap(),
        Some(room.clone())
    );
    store
        .inventory
        .delete(&scope, placed.id, Expected::Any, act())
        .await
        .unwrap();
    store.units.remove(organization, room.id, FIRST, act()).await.unwrap();
    assert_eq!(store.units.find(organization, room.id).await.unwrap(), None);
    let again = store.units.remove(organization, room.id, Expected::Any, act()).await;
    assert!(matches!(again, Err(RemoveError::NotFound)));
});

for_each_store!(a_unit_that_many_rename_and_remove_at_once_is_removed_once, |store| {
    let organization = register(&store, "ada").await.organization.id;
    let hall = site(organization, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let room = unit(organization, hall.id, "Room");
    store.units.create(&room, somebody(), None).await.unwrap();
    let runners = (0..20).map(|number| {
        let units = store.units.clone();
        runner(async move {
            if number % 2 == 0 {
                let renamed = units
                    .rename(organization, room.id, &name("New"), Expected::Any, act())
                    .await;
                assert!(matches!(renamed, Ok(_) | Err(ChangeError::NotFound)), "{renamed:?}");
                return false;
            }
            let removed = units.remove(organization, room.id, Expected::Any, act()).await;
            assert!(matches!(removed, Ok(()) | Err(RemoveError::NotFound)), "{removed:?}");
            removed.is_ok()
        })
    });
    assert_eq!(race(runners).await.into_iter().filter(|removed| *removed).count(), 1);
});
