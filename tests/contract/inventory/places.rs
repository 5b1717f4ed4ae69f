//! Where assets may be.

use tenon_assets::{Asset, InsertError, Placement, ReplaceError};
use tenon_kernel::{Created, Id, SiteId, UnitId};
use tenon_tests::accounts::{act, register, site, somebody, unit};
use tenon_tests::assets::{asset, entering, keep, keeper, own, retitled};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;

use super::found;

fn at(asset: Asset, site: SiteId, unit: Option<UnitId>) -> Asset {
    let placement = Placement::new(Some(site), unit).unwrap();
    Asset { placement, ..asset }
}

for_each_store!(an_asset_is_at_a_site_or_in_a_unit_of_it, |store| {
    let scope = keeper(&store, "ada").await;
    let (hall, yard) = (site(scope.organization, "Hall"), site(scope.organization, "Yard"));
    for site in [&hall, &yard] {
        store.sites.create(site, somebody(), None).await.unwrap();
    }
    let room = unit(scope.organization, hall.id, "Room");
    store.units.create(&room, somebody(), None).await.unwrap();

    let at_site = at(asset(&scope, "At the site"), hall.id, None);
    let in_unit = at(asset(&scope, "In the unit"), hall.id, Some(room.id));
    for placed in [&at_site, &in_unit] {
        assert_eq!(
            store.inventory.insert(placed, entering(placed), None).await.unwrap(),
            Created::Now(())
        );
        assert_eq!(found(&store, &scope, placed).await.as_ref(), Some(placed));
    }
    let moved = at(retitled(&in_unit, "Moved"), yard.id, None);
    store.inventory.replace(&scope, &in_unit, &moved, act()).await.unwrap();
    assert_eq!(found(&store, &scope, &moved).await.as_ref(), Some(&moved));
    let taken_away = Asset {
        placement: Placement::default(),
        ..retitled(&moved, "Nowhere")
    };
    store
        .inventory
        .replace(&scope, &moved, &taken_away, act())
        .await
        .unwrap();
    assert_eq!(found(&store, &scope, &moved).await, Some(taken_away));
});

for_each_store!(a_site_that_the_organization_does_not_have_is_refused, |store| {
    let ada = keeper(&store, "ada").await;
    let stranger = register(&store, "bob").await.organization.id;
    let foreign = site(stranger, "Hall");
    store.sites.create(&foreign, somebody(), None).await.unwrap();
    let foreign_room = unit(stranger, foreign.id, "Room");
    store.units.create(&foreign_room, somebody(), None).await.unwrap();
    let kept = keep(&store, &ada, "Kept").await;
    let nowhere: SiteId = Id::at(moment());
    for (site, unit) in [(foreign.id, None), (foreign.id, Some(foreign_room.id)), (nowhere, None)] {
        let misplaced = at(asset(&ada, "Pump"), site, unit);
        let refused = store.inventory.insert(&misplaced, entering(&misplaced), None).await;
        assert!(matches!(refused, Err(InsertError::UnknownSite)));
        assert_eq!(found(&store, &ada, &misplaced).await, None);
        let refused = store
            .inventory
            .replace(&ada, &kept, &at(retitled(&kept, "Moved"), site, unit), act())
            .await;
        assert!(matches!(refused, Err(ReplaceError::UnknownSite)));
    }
    assert_eq!(found(&store, &ada, &kept).await, Some(kept));
});

for_each_store!(a_unit_that_the_site_does_not_have_is_refused, |store| {
    let registration = register(&store, "ada").await;
    let (organization, scope) = (
        registration.organization.id,
        own(registration.organization.id, registration.user.id),
    );
    let (hall, yard) = (site(organization, "Hall"), site(organization, "Yard"));
    for site in [&hall, &yard] {
        store.sites.create(site, somebody(), None).await.unwrap();
    }
    let room = unit(organization, yard.id, "Room");
    store.units.create(&room, somebody(), None).await.unwrap();
    let kept = keep(&store, &scope, "Kept").await;
    let nowhere: UnitId = Id::at(moment());
    for unit in [room.id, nowhere] {
        let misplaced = at(asset(&scope, "Pump"), hall.id, Some(unit));
        let refused = store.inventory.insert(&misplaced, entering(&misplaced), None).await;
        assert!(matches!(refused, Err(InsertError::UnknownUnit)));
        assert_eq!(found(&store, &scope, &misplaced).await, None);
        let refused = store
            .inventory
            .replace(&scope, &kept, &at(retitled(&kept, "Moved"), hall.id, Some(unit)), act())
            .await;
        assert!(matches!(refused, Err(ReplaceError::UnknownUnit)));
    }
    assert_eq!(found(&store, &scope, &kept).await, Some(kept));
});
