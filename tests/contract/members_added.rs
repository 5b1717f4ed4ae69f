//! Members whom the operator adds.

use tenon_accounts::{Accepted, MemberAddError, NamedMember};
use tenon_audit::Chain;
use tenon_kernel::{About, Action, Expected, Id, Role, Verb, Version};
use tenon_tests::accounts::{acceptance, invitation, join, register, revocation};
use tenon_tests::audit::{entries, entry, entry_of};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use crate::pages::everything;

for_each_store!(somebody_who_is_added_is_a_member_and_told_of, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await.user);
    let organization = ada.organization.id;
    let entry = entry_of(organization);
    let added = store
        .members
        .add(organization, bob.id, Role::Admin, &entry)
        .await
        .unwrap();
    let expected = NamedMember {
        user: bob.id,
        email: bob.email.clone(),
        display_name: bob.display_name.clone(),
        role: Role::Admin,
        version: Version::FIRST,
        created_at: entry.id.time(),
        updated_at: entry.id.time(),
    };
    assert_eq!(added, expected);
    assert_eq!(store.members.find(organization, bob.id).await.unwrap(), Some(expected));
    assert_eq!(
        entries(&*store.ledger, Chain::Organization(organization)).await.len(),
        1
    );
    let activities = store.activities.list(organization, &everything()).await.unwrap().items;
    let [activity] = &activities[..] else {
        panic!("one activity is told of")
    };
    let (user, role) = (bob.id, Role::Admin);
    assert_eq!(
        (activity.about, activity.verb),
        (About::Member { user, role }, Verb::Created)
    );
});

for_each_store!(whoever_is_a_member_stays_as_they_are_when_they_are_added, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let bob = join(&store, organization, "bob", Role::Viewer).await.user;
    let before = store.members.find(organization, bob.id).await.unwrap();
    let told = entries(&*store.ledger, Chain::Organization(organization)).await;
    let refused = store
        .members
        .add(organization, bob.id, Role::Owner, &entry_of(organization))
        .await;
    assert!(matches!(refused, Err(MemberAddError::AlreadyMember)));
    assert_eq!(store.members.find(organization, bob.id).await.unwrap(), before);
    assert_eq!(entries(&*store.ledger, Chain::Organization(organization)).await, told);

    let unknown = Id::at(moment());
    let refused = store.members.add(unknown, bob.id, Role::Viewer, &entry()).await;
    assert!(matches!(refused, Err(MemberAddError::NoOrganization)));
    let nobody = store
        .members
        .add(organization, Id::at(moment()), Role::Viewer, &entry())
        .await;
    assert!(matches!(nobody, Err(MemberAddError::Unavailable(_))));
});

for_each_store!(no_invitation_outlives_that_somebody_is_added_or_removed, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await.user);
    let (organization, other) = (ada.organization.id, register(&store, "eve").await.organization.id);
    let elsewhere = invitation(other, "bob", Role::Viewer);
    let others = invitation(organization, "mia", Role::Viewer);
    let links = [(); 2].map(|()| invitation(organization, "bob", Role::Admin));
    let [first, second] = &links;
    for row in [&elsewhere, &others, first] {
        store.invitations.create(row, None, &entry()).await.unwrap();
    }
    let (members, entry_of) = (&store.members, || entry_of(organization));
    members
        .add(organization, bob.id, Role::Viewer, &entry_of())
        .await
        .unwrap();
    store.invitations.create(second, None, &entry()).await.unwrap();
    let revoked = revocation(bob.id, organization);
    members
        .remove(organization, bob.id, Expected::Any, &revoked, &entry_of())
        .await
        .unwrap();
    for link in &links {
        let late = store.invitations.accept(&acceptance(link, &bob)).await.unwrap();
        assert_eq!(late, Accepted::NotFound);
    }
    let told = entries(&*store.ledger, Chain::Organization(organization)).await;
    let withdrawn = told
        .iter()
        .filter(|entry| entry.action == Action::InvitationRevoked.as_str());
    let withdrawn: Vec<_> = withdrawn.filter_map(|entry| entry.subject_id.clone()).collect();
    assert_eq!(withdrawn, links.each_ref().map(|link| link.invitation.id.to_string()));
    for kept in [&elsewhere, &others] {
        let organization = kept.invitation.organization;
        let found = store
            .invitations
            .list(organization, &everything(), moment())
            .await
            .unwrap();
        assert_eq!(found.items, std::slice::from_ref(&kept.invitation));
    }
});

for_each_store!(of_additions_of_one_member_that_race_one_is_told_of, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await.user);
    let organization = ada.organization.id;
    let runners = (0..20).map(|_| {
        let members = store.members.clone();
        async move {
            members
                .add(organization, bob.id, Role::Member, &entry_of(organization))
                .await
        }
    });
    let outcomes = race(runners).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refusals = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(
        refusals
            .into_iter()
            .all(|error| matches!(error, MemberAddError::AlreadyMember))
    );
    assert_eq!(
        entries(&*store.ledger, Chain::Organization(organization)).await.len(),
        1
    );
});

for_each_store!(somebody_who_was_removed_may_be_added_again, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let bob = join(&store, organization, "bob", Role::Admin).await.user;
    let (any, revoked) = (tenon_kernel::Expected::Any, revocation(bob.id, organization));
    store
        .members
        .remove(organization, bob.id, any, &revoked, &entry())
        .await
        .unwrap();
    let again = store
        .members
        .add(organization, bob.id, Role::Viewer, &entry())
        .await
        .unwrap();
    assert_eq!((again.role, again.version), (Role::Viewer, Version::FIRST));
});
