use tenon_accounts::{Acceptance, Accepted, Device, Membership};
use tenon_kernel::{Id, Role, Version};
use tenon_tests::accounts::{acceptance, email, invitation, join, register, token};
use tenon_tests::audit::entry;
use tenon_tests::clock::{MICROSECOND, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use crate::pages::everything;

for_each_store!(an_accepted_invitation_makes_a_member_and_is_used_up, |store| {
    let (ada, eve) = (register(&store, "ada").await, register(&store, "eve").await);
    let row = invitation(ada.organization.id, "eve", Role::Admin);
    store.invitations.create(&row, None, &entry()).await.unwrap();
    let accepting = acceptance(&row, &eve.user);
    let expected = Membership {
        organization: ada.organization.clone(),
        role: Role::Admin,
    };
    assert_eq!(
        store.invitations.accept(&accepting).await.unwrap(),
        Accepted::Joined(expected)
    );
    let member = store
        .members
        .find(ada.organization.id, eve.user.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (member.role, member.version, member.created_at),
        (Role::Admin, Version::FIRST, accepting.at)
    );
    let open = store
        .invitations
        .list(ada.organization.id, &everything(), moment())
        .await
        .unwrap();
    assert!(open.items.is_empty());
    assert_eq!(store.invitations.accept(&accepting).await.unwrap(), Accepted::NotFound);
});

for_each_store!(an_invitation_that_many_accept_at_once_is_accepted_once, |store| {
    let (ada, eve) = (register(&store, "ada").await, register(&store, "eve").await);
    let row = invitation(ada.organization.id, "eve", Role::Member);
    store.invitations.create(&row, None, &entry()).await.unwrap();
    let runners = (0..20).map(|_| {
        let (invitations, accepting) = (store.invitations.clone(), acceptance(&row, &eve.user));
        async move { invitations.accept(&accepting).await.unwrap() }
    });
    let outcomes = race(runners).await;
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Accepted::Joined(_)))
            .count(),
        1
    );
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == Accepted::NotFound)
            .count(),
        19
    );
});

for_each_store!(
    a_member_another_address_and_a_late_token_leave_the_invitation_as_it_is,
    |store| {
        let ada = register(&store, "ada").await;
        let organization = ada.organization.id;
        let bob = join(&store, organization, "bob", Role::Viewer).await;
        let (for_bob, for_eve) = (
            invitation(organization, "bob", Role::Owner),
            invitation(organization, "eve", Role::Owner),
        );
        for row in [&for_bob, &for_eve] {
            store.invitations.create(row, None, &entry()).await.unwrap();
        }
        assert_eq!(
            store
                .invitations
                .accept(&acceptance(&for_bob, &bob.user))
                .await
                .unwrap(),
            Accepted::AlreadyMember
        );
        assert_eq!(
            store
                .invitations
                .accept(&acceptance(&for_eve, &bob.user))
                .await
                .unwrap(),
            Accepted::OtherAddress
        );
        let eve = register(&store, "eve").await;
        let late = Acceptance {
            at: for_eve.invitation.expires_at,
            ..acceptance(&for_eve, &eve.user)
        };
        assert_eq!(store.invitations.accept(&late).await.unwrap(), Accepted::NotFound);
        let unknown = Acceptance {
            token: token(),
            ..late.clone()
        };
        assert_eq!(store.invitations.accept(&unknown).await.unwrap(), Accepted::NotFound);

        let role = store
            .members
            .find(organization, bob.user.id)
            .await
            .unwrap()
            .unwrap()
            .role;
        assert_eq!(role, Role::Viewer);
        let open = store
            .invitations
            .list(organization, &everything(), moment())
            .await
            .unwrap();
        assert_eq!(open.items, [for_bob.invitation, for_eve.invitation.clone()]);
        let in_time = Acceptance {
            at: for_eve.invitation.expires_at.minus(MICROSECOND),
            ..late
        };
        assert!(matches!(
            store.invitations.accept(&in_time).await.unwrap(),
            Accepted::Joined(_)
        ));
    }
);

for_each_store!(an_acceptance_by_nobody_leaves_the_invitation_as_it_is, |store| {
    let ada = register(&store, "ada").await;
    let row = invitation(ada.organization.id, "eve", Role::Member);
    store.invitations.create(&row, None, &entry()).await.unwrap();
    let nobody = Acceptance {
        token: row.token,
        user: Id::at(moment()),
        email: email("eve"),
        device: Device::default(),
        at: moment(),
    };
    assert!(store.invitations.accept(&nobody).await.is_err());
    let open = store
        .invitations
        .list(ada.organization.id, &everything(), moment())
        .await
        .unwrap();
    assert_eq!(open.items, [row.invitation]);
});
