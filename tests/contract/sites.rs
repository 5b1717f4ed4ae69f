use tenon_accounts::{PlaceName, RemoveError};
use tenon_assets::Placement;
use tenon_kernel::{ChangeError, CreateError, Created, Expected, Id, Version};
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

for_each_store!(sites_are_listed_in_order_of_creation, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let made: Vec<_> = ["Z", "A", "\"'\\%_ 工場 🏭", "B", "C"]
        .map(|name| site(ada.organization.id, name))
        .into();
    for site in made.iter().rev() {
        assert_eq!(
            store.sites.create(site, somebody(), None).await.unwrap(),
            Created::Now(())
        );
    }
    store
        .sites
        .create(&site(bob.organization.id, "Other"), somebody(), None)
        .await
        .unwrap();
    let listed = in_twos(async |request| store.sites.list(ada.organization.id, &request).await).await;
    assert_eq!(listed, made);
    for site in made {
        assert_eq!(
            store.sites.find(ada.organization.id, site.id).await.unwrap(),
            Some(site)
        );
    }
});

for_each_store!(a_site_is_known_to_its_organization_alone, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let hall = site(ada.organization.id, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let other = bob.organization.id;
    assert_eq!(store.sites.find(other, hall.id).await.unwrap(), None);
    let renamed = store
        .sites
        .rename(other, hall.id, &name("Mine"), Expected::Any, act())
        .await;
    assert!(matches!(renamed, Err(ChangeError::NotFound)));
    let removed = store.sites.remove(other, hall.id, Expected::Any, act()).await;
    assert!(matches!(removed, Err(RemoveError::NotFound)));
    assert_eq!(
        store.sites.find(ada.organization.id, hall.id).await.unwrap(),
        Some(hall)
    );
});

for_each_store!(a_remembered_site_is_stored_once, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let request = remembered("0");
    let runners = (0..20).map(|number| {
        let (sites, made) = (store.sites.clone(), site(organization, &format!("Racer {number}")));
        let request = repeated(&request, &number.to_string());
        async move { (number, sites.create(&made, somebody(), Some(&request)).await.unwrap()) }
    });
    let outcomes = race(runners).await;
    let stored: Vec<_> = outcomes
        .iter()
        .filter(|(_, created)| *created == Created::Now(()))
        .collect();
    assert_eq!(stored.len(), 1);
    let answer = Created::Before(stored[0].0.to_string().into_bytes());
    assert_eq!(outcomes.iter().filter(|(_, created)| *created == answer).count(), 19);
    let other = store
        .sites
        .create(&site(organization, "Other"), somebody(), Some(&reused(&request)))
        .await;
    assert!(matches!(other, Err(CreateError::KeyReused)));
    let listed = in_twos(async |request| store.sites.list(organization, &request).await).await;
    assert_eq!(listed.len(), 1);
});

for_each_store!(a_new_name_of_a_site_counts_its_version_up, |store| {
    let organization = register(&store, "ada").await.organization.id;
    let hall = site(organization, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let renaming = act();
    let renamed = store
        .sites
        .rename(organization, hall.id, &name("Big hall"), FIRST, renaming)
        .await
        .unwrap();
    assert_eq!(
        (&renamed.name, renamed.version, renamed.updated_at),
        (&name("Big hall"), Version::new(2), renaming.at)
    );
    assert_eq!(
        store.sites.find(organization, hall.id).await.unwrap(),
        Some(renamed.clone())
    );
    let stale = store
        .sites
        .rename(organization, hall.id, &name("Hall"), FIRST, renaming)
        .await;
    assert!(matches!(stale, Err(ChangeError::Stale(version)) if version == renamed.version));
    let stale = store.sites.remove(organization, hall.id, FIRST, act()).await;
    assert!(matches!(stale, Err(RemoveError::Stale(version)) if version == renamed.version));
    assert_eq!(store.sites.find(organization, hall.id).await.unwrap(), Some(renamed));
});

for_each_store!(a_site_with_units_or_assets_is_not_removed, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let (with_unit, with_asset, empty) = (
        site(organization, "1"),
        site(organization, "2"),
        site(organization, "3"),
    );
    for site in [&with_unit, &with_asset, &empty] {
        store.sites.create(site, somebody(), None).await.unwrap();
    }
    let room = unit(organization, with_unit.id, "Room");
    store.units.create(&room, somebody(), None).await.unwrap();
    let scope = own(organization, ada.user.id);
    let mut placed = asset(&scope, "Pump");
    placed.placement = Placement::new(Some(with_asset.id), None).unwrap();
    store.inventory.insert(&placed, entering(&placed), None).await.unwrap();

    for used in [&with_unit, &with_asset] {
        let refused = store.sites.remove(organization, used.id, Expected::Any, act()).await;
        assert!(matches!(refused, Err(RemoveError::InUse)));
        assert_eq!(
            store.sites.find(organization, used.id).await.unwrap().as_ref(),
            Some(used)
        );
    }
    store.sites.remove(organization, empty.id, FIRST, act()).await.unwrap();
    assert_eq!(store.sites.find(organization, empty.id).await.unwrap(), None);
    let again = store.sites.remove(organization, empty.id, Expected::Any, act()).await;
    assert!(matches!(again, Err(RemoveError::NotFound)));

    store.units.remove(organization, room.id, FIRST, act()).await.unwrap();
    store
        .inventory
        .delete(&scope, placed.id, Expected::Any, act())
        .await
        .unwrap();
    for freed in [with_unit, with_asset] {
        store.sites.remove(organization, freed.id, FIRST, act()).await.unwrap();
    }
});

for_each_store!(a_site_that_many_rename_and_remove_at_once_is_removed_once, |store| {
    let organization = register(&store, "ada").await.organization.id;
    let hall = site(organization, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let runners = (0..20).map(|number| {
        let sites = store.sites.clone();
        runner(async move {
            if number % 2 == 0 {
                let renamed = sites
                    .rename(organization, hall.id, &name("New"), Expected::Any, act())
                    .await;
                assert!(matches!(renamed, Ok(_) | Err(ChangeError::NotFound)), "{renamed:?}");
                return false;
            }
            let removed = sites.remove(organization, hall.id, Expected::Any, act()).await;
            assert!(matches!(removed, Ok(()) | Err(RemoveError::NotFound)), "{removed:?}");
            removed.is_ok()
        })
    });
    assert_eq!(race(runners).await.into_iter().filter(|removed| *removed).count(), 1);
});

for_each_store!(a_site_is_either_removed_or_used_when_both_race, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    for _ in 0..10 {
        let hall = site(organization, "Hall");
        store.sites.create(&hall, somebody(), None).await.unwrap();
        let mut placed = asset(&own(organization, ada.user.id), "Pump");
        placed.placement = Placement::new(Some(hall.id), None).unwrap();
        let (sites, inventory) = (store.sites.clone(), store.inventory.clone());
        let outcomes = race([
            runner(async move { sites.remove(organization, hall.id, Expected::Any, act()).await.is_ok() }),
            runner(async move { inventory.insert(&placed, entering(&placed), None).await.is_ok() }),
        ])
        .await;
        assert_ne!(outcomes[0], outcomes[1]);
        let left = store.sites.find(organization, hall.id).await.unwrap();
        assert_eq!(left.is_some(), outcomes[1]);
    }
    let unknown = store
        .sites
        .remove(organization, Id::at(moment()), Expected::Any, act())
        .await;
    assert!(matches!(unknown, Err(RemoveError::NotFound)));
});
