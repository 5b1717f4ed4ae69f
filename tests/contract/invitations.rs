mod acceptance;

use tenon_accounts::Accepted;
use tenon_kernel::{CreateError, Created, Id, Role};
use tenon_tests::accounts::{acceptance, invitation, register, remembered, repeated, reused, token};
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use crate::pages::{everything, in_twos};

for_each_store!(open_invitations_of_the_organization_are_listed_oldest_first, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let mut expected = Vec::new();
    for name in ["zoe", "abe", "mia", "eve", "ned"] {
        let row = invitation(ada.organization.id, name, Role::Member);
        store.invitations.create(&row, None, &entry()).await.unwrap();
        expected.push(row.invitation);
    }
    store
        .invitations
        .create(&invitation(bob.organization.id, "zoe", Role::Owner), None, &entry())
        .await
        .unwrap();
    let now = moment();
    let listed = in_twos(async |request| store.invitations.list(ada.organization.id, &request, now).await).await;
    assert_eq!(listed, expected);

    let end = expected[2].expires_at;
    let left = store
        .invitations
        .list(ada.organization.id, &everything(), end)
        .await
        .unwrap();
    assert_eq!((left.items, left.total), (expected[3..].to_vec(), Some(2)));
});

for_each_store!(an_invitation_to_the_same_address_replaces_the_one_before, |store| {
    let (ada, eve) = (register(&store, "ada").await, register(&store, "eve").await);
    let organization = ada.organization.id;
    let (first, second) = (
        invitation(organization, "eve", Role::Admin),
        invitation(organization, "eve", Role::Viewer),
    );
    store.invitations.create(&first, None, &entry()).await.unwrap();
    store.invitations.create(&second, None, &entry()).await.unwrap();
    let open = store
        .invitations
        .list(organization, &everything(), moment())
        .await
        .unwrap();
    assert_eq!(open.items, std::slice::from_ref(&second.invitation));
    let late = store.invitations.accept(&acceptance(&first, &eve.user)).await.unwrap();
    assert_eq!(late, Accepted::NotFound);
    let joined = store.invitations.accept(&acceptance(&second, &eve.user)).await.unwrap();
    assert!(matches!(joined, Accepted::Joined(membership) if membership.role == Role::Viewer));
});

for_each_store!(of_racing_invitations_of_one_address_the_last_one_stays, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let runners = (0..20).map(|_| {
        let (invitations, row) = (store.invitations.clone(), invitation(organization, "eve", Role::Member));
        async move { invitations.create(&row, None, &entry()).await.unwrap() }
    });
    assert!(
        race(runners)
            .await
            .into_iter()
            .all(|created| created == Created::Now(()))
    );
    let open = store
        .invitations
        .list(organization, &everything(), moment())
        .await
        .unwrap();
    assert_eq!(open.items.len(), 1);
});

for_each_store!(a_remembered_invitation_is_stored_once, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let (first, request) = (invitation(organization, "eve", Role::Member), remembered("sealed"));
    assert_eq!(
        store
            .invitations
            .create(&first, Some(&request), &entry())
            .await
            .unwrap(),
        Created::Now(())
    );
    let second = invitation(organization, "eve", Role::Member);
    let again = store
        .invitations
        .create(&second, Some(&repeated(&request, "other")), &entry())
        .await
        .unwrap();
    assert_eq!(again, Created::Before(b"sealed".to_vec()));
    let other = store
        .invitations
        .create(&second, Some(&reused(&request)), &entry())
        .await;
    assert!(matches!(other, Err(CreateError::KeyReused)));
    let open = store
        .invitations
        .list(organization, &everything(), moment())
        .await
        .unwrap();
    assert_eq!(open.items, [first.invitation]);
});

for_each_store!(an_invitation_that_is_not_stored_is_not_remembered, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let (first, request) = (invitation(organization, "eve", Role::Member), remembered("sealed"));
    store.invitations.create(&first, None, &entry()).await.unwrap();
    let mut second = invitation(organization, "mia", Role::Member);
    second.token = first.token;
    assert!(
        store
            .invitations
            .create(&second, Some(&request), &entry())
            .await
            .is_err()
    );
    second.token = token();
    assert_eq!(
        store
            .invitations
            .create(&second, Some(&request), &entry())
            .await
            .unwrap(),
        Created::Now(())
    );
});

for_each_store!(only_the_organization_itself_withdraws_an_invitation, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let row = invitation(ada.organization.id, "eve", Role::Member);
    store.invitations.create(&row, None, &entry()).await.unwrap();
    let id = row.invitation.id;
    assert!(
        !store
            .invitations
            .withdraw(bob.organization.id, id, &entry())
            .await
            .unwrap()
    );
    assert!(
        !store
            .invitations
            .withdraw(ada.organization.id, Id::at(moment()), &entry())
            .await
            .unwrap()
    );
    assert!(
        store
            .invitations
            .withdraw(ada.organization.id, id, &entry())
            .await
            .unwrap()
    );
    assert!(
        !store
            .invitations
            .withdraw(ada.organization.id, id, &entry())
            .await
            .unwrap()
    );
    let eve = register(&store, "eve").await;
    assert_eq!(
        store.invitations.accept(&acceptance(&row, &eve.user)).await.unwrap(),
        Accepted::NotFound
    );
});
