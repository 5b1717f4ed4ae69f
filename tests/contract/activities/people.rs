//! Who comes, goes and signs in.

use std::collections::HashSet;

use tenon_accounts::Accepted;
use tenon_kernel::{About, Act, ActivityId, Expected, Role, Verb};
use tenon_tests::accounts::{acceptance, invitation, join, register, revocation, session, somebody, token};
use tenon_tests::audit::{entry, entry_by};
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_store;

use super::{happened, told_of, untold};

for_each_store!(who_joins_changes_and_leaves_is_an_activity, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let bob = join(&store, organization, "bob", Role::Viewer).await.user.id;
    let revoked = revocation(bob, organization);
    let (any, by) = (Expected::Any, somebody());
    let told = entry_by(by);
    let changed = store
        .members
        .change_role(organization, bob, Role::Admin, any, &revoked, &told);
    changed.await.unwrap();
    let later = revocation(bob, organization);
    store
        .members
        .remove(organization, bob, any, &later, &entry_by(by))
        .await
        .unwrap();

    let happened = happened(&store, organization).await;
    let of = |role| About::Member { user: bob, role };
    let names: Vec<_> = happened
        .iter()
        .map(|activity| (activity.name(), activity.about))
        .collect();
    let expected = [
        ("member.added", of(Role::Viewer)),
        ("member.updated", of(Role::Admin)),
        ("member.removed", of(Role::Admin)),
    ];
    assert_eq!(names, expected);
    assert_eq!(happened[0].by, Some(bob));
    told_of(
        &happened[1],
        Act::of(by, revoked.issued_until),
        of(Role::Admin),
        Verb::Updated,
    );
    told_of(
        &happened[2],
        Act::of(by, later.issued_until),
        of(Role::Admin),
        Verb::Deleted,
    );
});

for_each_store!(sessions_are_told_of_and_in_no_feed, |store| {
    let ada = register(&store, "ada").await;
    let user = ada.user.id;
    let second = session(user, ada.organization.id);
    let token = token();
    assert!(
        store
            .sessions
            .open(&second, &token, &ada.password, &entry())
            .await
            .unwrap()
    );
    let at = moment();
    store
        .sessions
        .end(user, second.id, at, at.plus(MINUTE), &entry())
        .await
        .unwrap()
        .unwrap();
    store
        .sessions
        .end_all(user, at, at.plus(MINUTE), &entry())
        .await
        .unwrap();
    let told: Vec<_> = untold(&store, None).await.unwrap();
    let of = |session| About::Session { session, user };
    let mut heard: Vec<_> = told.iter().map(|activity| (activity.about, activity.verb)).collect();
    assert_eq!(heard.remove(0), (of(second.id), Verb::Created));
    let ended: HashSet<ActivityId> = told[1..].iter().map(|activity| activity.id).collect();
    assert_eq!(ended.len(), 2);
    assert!(heard.contains(&(of(second.id), Verb::Deleted)) && heard.contains(&(of(ada.session.id), Verb::Deleted)));
    assert_eq!(happened(&store, ada.organization.id).await, []);
});

for_each_store!(an_invitation_that_is_for_somebody_else_adds_nobody, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let row = invitation(organization, "bob", Role::Member);
    store.invitations.create(&row, None, &entry()).await.unwrap();
    let carl = register(&store, "carl").await.user;
    let accepted = store.invitations.accept(&acceptance(&row, &carl)).await.unwrap();
    assert_eq!(accepted, Accepted::OtherAddress);
    assert_eq!(happened(&store, organization).await, []);
});
