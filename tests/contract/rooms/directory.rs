use tenon_kernel::{Id, Role};
use tenon_tests::accounts::{join, register, site, somebody, unit};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;

for_each_store!(a_place_is_found_in_its_own_organization_alone, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let (organization, other) = (ada.organization.id, bob.organization.id);
    let hall = site(organization, "Hall");
    store.sites.create(&hall, somebody(), None).await.unwrap();
    let pump = unit(organization, hall.id, "Pump");
    store.units.create(&pump, somebody(), None).await.unwrap();
    let directory = &store.directory;
    assert!(directory.has_site(organization, hall.id).await.unwrap());
    assert!(directory.has_unit(organization, pump.id).await.unwrap());
    assert!(!directory.has_site(other, hall.id).await.unwrap());
    assert!(!directory.has_unit(other, pump.id).await.unwrap());
    for organization in [organization, other, Id::at(moment())] {
        assert!(!directory.has_site(organization, Id::at(moment())).await.unwrap());
        assert!(!directory.has_unit(organization, Id::at(moment())).await.unwrap());
        assert!(
            !directory
                .has_site(organization, Id::from_uuid(pump.id.uuid()))
                .await
                .unwrap()
        );
        assert!(
            !directory
                .has_unit(organization, Id::from_uuid(hall.id.uuid()))
                .await
                .unwrap()
        );
    }
});

for_each_store!(a_member_is_found_in_the_organizations_they_belong_to, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let eve = join(&store, ada.organization.id, "eve", Role::Viewer).await;
    let member = async |organization, user| store.directory.has_member(organization, user).await.unwrap();
    for (user, of_ada, of_bob, of_eve) in [
        (ada.user.id, true, false, false),
        (bob.user.id, false, true, false),
        (eve.user.id, true, false, true),
        (Id::at(moment()), false, false, false),
    ] {
        assert_eq!(member(ada.organization.id, user).await, of_ada);
        assert_eq!(member(bob.organization.id, user).await, of_bob);
        assert_eq!(member(eve.organization.id, user).await, of_eve);
    }
});
