use tenon_accounts::{MemberChangeError, Membership, NamedMember};
use tenon_kernel::{Expected, Id, OrganizationId, Role, UserId, Version};
use tenon_sql::Store;
use tenon_tests::accounts::{join, organization, register, revocation};
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};

use crate::pages::in_twos;

const FIRST: Expected = Expected::Exactly(Version::FIRST);

async fn member(store: &Store, organization: OrganizationId, user: UserId) -> Option<NamedMember> {
    store.members.find(organization, user).await.unwrap()
}

for_each_store!(members_are_listed_in_order_of_their_registration, |store| {
    let ada = register(&store, "ada").await;
    let mut expected = vec![(ada.user.id, ada.user.email.clone(), Role::Owner)];
    for (name, role) in [
        ("zoe", Role::Viewer),
        ("bob", Role::Admin),
        ("mia", Role::Member),
        ("eve", Role::Owner),
    ] {
        let joined = join(&store, ada.organization.id, name, role).await;
        expected.push((joined.user.id, joined.user.email, role));
    }
    let members = in_twos(async |request| store.members.list(ada.organization.id, &request).await).await;
    let seen: Vec<_> = members
        .iter()
        .map(|member| (member.user, member.email.clone(), member.role))
        .collect();
    assert_eq!(seen, expected);
    for listed in members {
        assert_eq!(member(&store, ada.organization.id, listed.user).await, Some(listed));
    }
});

for_each_store!(a_member_of_another_organization_is_not_found, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let (own, other) = (ada.organization.id, bob.organization.id);
    assert_eq!(member(&store, other, ada.user.id).await, None);
    let revoked = revocation(ada.user.id, other);
    let refused = store
        .members
        .change_role(other, ada.user.id, Role::Admin, Expected::Any, &revoked, &entry())
        .await;
    assert!(matches!(refused, Err(MemberChangeError::NotFound)));
    let refused = store
        .members
        .remove(
            other,
            ada.user.id,
            Expected::Any,
            &revocation(ada.user.id, other),
            &entry(),
        )
        .await;
    assert!(matches!(refused, Err(MemberChangeError::NotFound)));
    let unknown = Id::at(moment());
    let refused = store
        .members
        .remove(
            unknown,
            ada.user.id,
            Expected::Any,
            &revocation(ada.user.id, unknown),
            &entry(),
        )
        .await;
    assert!(matches!(refused, Err(MemberChangeError::NotFound)));
    assert_eq!(member(&store, own, ada.user.id).await.unwrap().role, Role::Owner);
    let members = in_twos(async |request| store.members.list(other, &request).await).await;
    assert_eq!(members.len(), 1);
});

for_each_store!(the_organizations_of_a_user_are_listed_in_order_of_creation, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let mut expected = vec![Membership {
        organization: ada.organization.clone(),
        role: Role::Owner,
    }];
    for name in ["Z", "A", "M", "B"] {
        let organization = organization(name);
        store
            .organizations
            .create(&organization, ada.user.id, None, &entry())
            .await
            .unwrap();
        expected.push(Membership {
            organization,
            role: Role::Owner,
        });
    }
    let listed = in_twos(async |request| store.members.of_user(ada.user.id, &request).await).await;
    assert_eq!(listed, expected);
    let listed = in_twos(async |request| store.members.of_user(bob.user.id, &request).await).await;
    assert_eq!(listed.len(), 1);
});

for_each_store!(home_is_the_preferred_the_last_or_the_oldest_organization, |store| {
    let ada = register(&store, "ada").await;
    let (second, third) = (organization("Second"), organization("Third"));
    for organization in [&third, &second] {
        store
            .organizations
            .create(organization, ada.user.id, None, &entry())
            .await
            .unwrap();
    }
    let foreign = register(&store, "bob").await.organization.id;
    let home = async |preferred| {
        let home = store.members.home(ada.user.id, preferred).await.unwrap();
        home.map(|membership| membership.organization.id)
    };
    assert_eq!(home(Some(third.id)).await, Some(third.id));
    store.sessions.move_to(&ada.session, second.id).await.unwrap();
    assert_eq!(home(None).await, Some(second.id));
    assert_eq!(home(Some(foreign)).await, Some(second.id));
    assert_eq!(home(Some(third.id)).await, Some(third.id));

    store
        .organizations
        .delete(second.id, Expected::Any, moment(), moment(), &entry())
        .await
        .unwrap();
    assert_eq!(home(None).await, Some(ada.organization.id));
    for organization in [ada.organization.id, third.id] {
        store
            .organizations
            .delete(organization, Expected::Any, moment(), moment(), &entry())
            .await
            .unwrap();
    }
    assert_eq!(home(None).await, None);
    assert_eq!(store.members.home(Id::at(moment()), None).await.unwrap(), None);
});

for_each_store!(a_new_role_counts_the_version_up_and_revokes, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let bob = join(&store, organization, "bob", Role::Member).await.user;
    let before = member(&store, organization, bob.id).await.unwrap();
    let revoked = revocation(bob.id, organization);
    let changed = store
        .members
        .change_role(organization, bob.id, Role::Admin, FIRST, &revoked, &entry())
        .await
        .unwrap();
    let expected = NamedMember {
        role: Role::Admin,
        version: Version::new(2),
        updated_at: revoked.issued_until,
        ..before
    };
    assert_eq!(changed, expected);
    assert_eq!(member(&store, organization, bob.id).await, Some(expected));
    let since = revoked.issued_until;
    assert_eq!(store.revocations.since(since, since).await.unwrap(), [revoked]);
});

for_each_store!(a_role_or_an_end_for_another_version_changes_nothing, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let bob = join(&store, organization, "bob", Role::Member).await.user;
    let before = member(&store, organization, bob.id).await;
    let since = moment();
    let later = Expected::Exactly(Version::new(2));
    let revoked = revocation(bob.id, organization);
    let stale = store
        .members
        .change_role(organization, bob.id, Role::Admin, later, &revoked, &entry())
        .await;
    assert!(matches!(stale, Err(MemberChangeError::Stale(Version::FIRST))));
    let stale = store
        .members
        .remove(organization, bob.id, later, &revoked, &entry())
        .await;
    assert!(matches!(stale, Err(MemberChangeError::Stale(Version::FIRST))));
    assert_eq!(member(&store, organization, bob.id).await, before);
    assert!(store.revocations.since(since, since).await.unwrap().is_empty());
});

for_each_store!(a_removed_member_is_gone_from_this_organization_only, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let bob = join(&store, organization, "bob", Role::Admin).await;
    let revoked = revocation(bob.user.id, organization);
    store
        .members
        .remove(organization, bob.user.id, FIRST, &revoked, &entry())
        .await
        .unwrap();
    assert_eq!(member(&store, organization, bob.user.id).await, None);
    assert!(member(&store, bob.organization.id, bob.user.id).await.is_some());
    assert!(member(&store, organization, ada.user.id).await.is_some());
    let since = revoked.issued_until;
    assert_eq!(store.revocations.since(since, since).await.unwrap(), [revoked]);
    let again = store
        .members
        .remove(organization, bob.user.id, Expected::Any, &revoked, &entry())
        .await;
    assert!(matches!(again, Err(MemberChangeError::NotFound)));
});

for_each_store!(the_last_owner_keeps_the_role, |store| {
    let ada = register(&store, "ada").await;
    let (organization, user) = (ada.organization.id, ada.user.id);
    join(&store, organization, "bob", Role::Admin).await;
    let since = moment();
    let revoked = revocation(user, organization);
    for role in [Role::Admin, Role::Viewer] {
        let refused = store
            .members
            .change_role(organization, user, role, Expected::Any, &revoked, &entry())
            .await;
        assert!(matches!(refused, Err(MemberChangeError::LastOwner)));
    }
    let refused = store
        .members
        .remove(organization, user, Expected::Any, &revoked, &entry())
        .await;
    assert!(matches!(refused, Err(MemberChangeError::LastOwner)));
    let owner = member(&store, organization, user).await.unwrap();
    assert_eq!((owner.role, owner.version), (Role::Owner, Version::FIRST));
    assert!(store.revocations.since(since, since).await.unwrap().is_empty());

    let again = store
        .members
        .change_role(organization, user, Role::Owner, FIRST, &revoked, &entry())
        .await
        .unwrap();
    assert_eq!(again.version, Version::new(2), "an owner may be made an owner again");
    join(&store, organization, "eve", Role::Owner).await;
    store
        .members
        .remove(organization, user, Expected::Any, &revoked, &entry())
        .await
        .unwrap();
});

for_each_store!(two_owners_who_demote_each_other_at_once_leave_one_owner, |store| {
    for round in 0..10 {
        let ada = register(&store, &format!("ada{round}")).await.clone();
        let organization = ada.organization.id;
        let bob = join(&store, organization, &format!("bob{round}"), Role::Owner).await;
        let change = |user: UserId, removes: bool| {
            let members = store.members.clone();
            runner(async move {
                let revoked = revocation(user, organization);
                if removes {
                    members.remove(organization, user, FIRST, &revoked, &entry()).await
                } else {
                    let changed = members
                        .change_role(organization, user, Role::Member, FIRST, &revoked, &entry())
                        .await;
                    changed.map(|_| ())
                }
            })
        };
        let outcomes = race([change(ada.user.id, false), change(bob.user.id, round % 2 == 1)]).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let refused = |outcome: &&Result<(), _>| matches!(outcome, Err(MemberChangeError::LastOwner));
        assert_eq!(outcomes.iter().filter(refused).count(), 1);
        let members = in_twos(async |request| store.members.list(organization, &request).await).await;
        assert_eq!(members.iter().filter(|member| member.role == Role::Owner).count(), 1);
    }
});
