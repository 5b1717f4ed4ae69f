use tenon_accounts::{MemberChangeError, PasswordChange, Rotated};
use tenon_audit::Chain;
use tenon_kernel::{Expected, Id, Role, Version};
use tenon_sql::Store;
use tenon_tests::accounts::{
    GRACE, acceptance, hash, invitation, join, open, organization, register, registration, revocation, rotation,
    session, token,
};
use tenon_tests::audit::{entries, entry, entry_of};
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use super::{INSTALLATION, of, sound};

/// What a chain tells, in order, with its details.
async fn told(store: &Store, chain: Chain) -> Vec<(String, String)> {
    let entries = entries(&*store.ledger, chain).await;
    entries.into_iter().map(|entry| (entry.action, entry.details)).collect()
}

/// The action of the entries of tests.
const TOLD: &str = "user.enabled";

for_each_store!(what_is_refused_is_not_told_of, |store| {
    let ada = register(&store, "ada").await;
    let (organization, user, at) = (ada.organization.id, ada.user.id, moment());
    let before = sound(&store).await;
    let late = session(user, organization);
    let opened = store.sessions.open(&late, &token(), &hash("another"), &entry()).await;
    assert!(!opened.unwrap());
    assert!(
        store
            .sessions
            .open(&late, &ada.refresh, &ada.password, &entry())
            .await
            .is_err()
    );
    store.users.register(&registration("ada")).await.unwrap_err();
    let revoked = revocation(user, organization);
    let refused = store
        .members
        .change_role(
            organization,
            user,
            Role::Member,
            Expected::Any,
            &revoked,
            &entry_of(organization),
        )
        .await;
    assert!(matches!(refused, Err(MemberChangeError::LastOwner)));
    let nobody = Id::at(at);
    assert!(
        store
            .sessions
            .end(user, nobody, at, at, &entry())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        !store
            .invitations
            .withdraw(organization, Id::at(at), &entry())
            .await
            .unwrap()
    );
    let stale = Expected::Exactly(Version::new(7));
    store
        .users
        .set_disabled(user, true, stale, at, at, &entry())
        .await
        .unwrap_err();
    store
        .organizations
        .delete(organization, stale, at, at, &entry())
        .await
        .unwrap_err();
    let change = PasswordChange {
        entry: entry(),
        user,
        old: hash("another"),
        new: hash("new"),
        keep: Some(ada.session.id),
        at,
        forget_at: at,
    };
    assert!(store.users.change_password(&change).await.unwrap().is_none());
    store.backlog.retry(Id::at(at), at, &entry()).await.unwrap_err();
    store.backlog.discard(Id::at(at), &entry()).await.unwrap_err();
    assert_eq!(sound(&store).await, before);
});

for_each_store!(an_entry_says_how_many_sessions_ended, |store| {
    let ada = register(&store, "ada").await;
    let (user, at) = (ada.user.id, moment());
    open(&store, user, ada.organization.id).await;
    let change = PasswordChange {
        entry: entry(),
        user,
        old: ada.password.clone(),
        new: hash("new"),
        keep: Some(ada.session.id),
        at,
        forget_at: at,
    };
    store.users.change_password(&change).await.unwrap().unwrap();
    open(&store, user, ada.organization.id).await;
    let disabled = store
        .users
        .set_disabled(user, true, Expected::Any, at, at, &entry())
        .await;
    assert_eq!(disabled.unwrap().1.len(), 2);
    store
        .sessions
        .end_all(user, at, at.plus(MINUTE), &entry())
        .await
        .unwrap();
    let numbers: Vec<String> = told(&store, INSTALLATION)
        .await
        .into_iter()
        .map(|(_, details)| details)
        .collect();
    let expected = [
        "{}",
        "{}",
        r#"{"sessions":1}"#,
        "{}",
        r#"{"sessions":2}"#,
        r#"{"sessions":0}"#,
    ];
    assert_eq!(numbers, expected);
});

for_each_store!(a_refresh_token_that_is_used_twice_is_told_of_once, |store| {
    let ada = register(&store, "ada").await;
    let first = rotation(ada.refresh, moment());
    assert!(matches!(store.sessions.rotate(&first).await, Ok(Rotated::Fresh { .. })));
    let before = sound(&store).await;
    let late = rotation(ada.refresh, first.at.plus(GRACE + MINUTE));
    let outcomes = race((0..5).map(|_| {
        let (sessions, late) = (store.sessions.clone(), late.clone());
        async move { matches!(sessions.rotate(&late).await, Ok(Rotated::Reused(_))) }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|reused| **reused).count(), 1);
    assert_eq!(sound(&store).await, before + 1);
    let last = entries(&*store.ledger, INSTALLATION).await.pop().unwrap();
    assert_eq!(last.action, "session.reused");
    assert_eq!(last.subject_id, Some(ada.session.id.to_string()));
    assert_eq!(last.actor_email.as_deref(), Some(ada.user.email.as_str()));
    assert_eq!(
        (last.address.as_deref(), last.user_agent.as_deref()),
        (Some("2001:db8::7"), Some("Tests/1.1"))
    );
});

for_each_store!(
    an_invitation_that_is_accepted_by_many_at_once_is_told_of_once,
    |store| {
        let (ada, eve) = (register(&store, "ada").await, register(&store, "eve").await);
        let organization = ada.organization.id;
        let row = invitation(organization, "eve", Role::Admin);
        store
            .invitations
            .create(&row, None, &entry_of(organization))
            .await
            .unwrap();
        race((0..10).map(|_| {
            let (invitations, accepting) = (store.invitations.clone(), acceptance(&row, &eve.user));
            async move { invitations.accept(&accepting).await.unwrap() }
        }))
        .await;
        let details = format!(r#"{{"email":"{}","role":"admin"}}"#, eve.user.email.as_str());
        let expected = [
            (TOLD.to_owned(), "{}".to_owned()),
            ("invitation.accepted".to_owned(), "{}".to_owned()),
            ("member.added".to_owned(), details),
        ];
        assert_eq!(told(&store, of(organization)).await, expected);
        sound(&store).await;
    }
);

for_each_store!(the_chain_of_an_organization_outlives_it, |store| {
    let ada = register(&store, "ada").await;
    let second = organization("Second");
    let (id, at) = (second.id, moment());
    store
        .organizations
        .create(&second, ada.user.id, None, &entry_of(id))
        .await
        .unwrap();
    join(&store, id, "bob", Role::Member).await;
    store
        .organizations
        .delete(id, Expected::Any, at, at, &entry_of(id))
        .await
        .unwrap();
    assert_eq!(store.organizations.find(id).await.unwrap(), None);
    let chain = told(&store, of(id)).await;
    let names: Vec<&str> = chain.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(names, [TOLD, "invitation.accepted", "member.added", TOLD]);
    assert_eq!(chain[3].1, r#"{"members":2,"name":"Second"}"#);
    sound(&store).await;
});
