mod passwords;

use tenon_accounts::{DisplayName, RegisterError, Rotated, Subject};
use tenon_kernel::{ChangeError, Expected, Id, OrganizationId, PageRequest, Role, Version};
use tenon_sql::Store;
use tenon_tests::accounts::{email, register, registration, rotation, session, token};
use tenon_tests::audit::entry;
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use crate::pages::{everything, in_twos};

async fn organizations(store: &Store) -> u64 {
    let all: PageRequest<OrganizationId> = everything();
    store.organizations.list(&all).await.unwrap().total.unwrap()
}

fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).unwrap()
}

for_each_store!(a_registration_stores_all_that_belongs_to_it, |store| {
    let ada = registration("ada");
    store.users.register(&ada).await.unwrap();

    let account = store.users.by_id(ada.user.id).await.unwrap().unwrap();
    assert_eq!((&account.user, &account.password), (&ada.user, &ada.password));
    let account = store.users.by_email(&ada.user.email).await.unwrap().unwrap();
    assert_eq!((&account.user, &account.password), (&ada.user, &ada.password));

    let found = store.organizations.find(ada.organization.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&ada.organization));
    let owner = store
        .members
        .find(ada.organization.id, ada.user.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((owner.role, owner.version), (Role::Owner, Version::FIRST));
    let now = moment();
    let session = store.sessions.find(ada.user.id, ada.session.id, now).await.unwrap();
    assert_eq!(session.as_ref(), Some(&ada.session));
    let rotated = store.sessions.rotate(&rotation(ada.refresh, now)).await.unwrap();
    assert!(matches!(rotated, Rotated::Fresh { user, .. } if user == ada.user));
});

for_each_store!(an_address_that_an_account_has_is_refused, |store| {
    let ada = register(&store, "ada").await;
    let other = registration("ada");
    let refused = store.users.register(&other).await;
    assert!(matches!(refused, Err(RegisterError::EmailTaken)));

    assert!(store.users.by_id(other.user.id).await.unwrap().is_none());
    assert!(store.organizations.find(other.organization.id).await.unwrap().is_none());
    let account = store.users.by_email(&email("ada")).await.unwrap().unwrap();
    assert_eq!(account.user, ada.user);
});

for_each_store!(
    a_registration_that_cannot_be_stored_whole_is_not_stored_at_all,
    |store| {
        let ada = register(&store, "ada").await;
        let mut bob = registration("bob");
        bob.refresh = ada.refresh;
        let refused = store.users.register(&bob).await;
        assert!(matches!(refused, Err(RegisterError::Unavailable(_))));

        assert!(store.users.by_email(&bob.user.email).await.unwrap().is_none());
        assert!(store.users.by_id(bob.user.id).await.unwrap().is_none());
        assert_eq!(organizations(&store).await, 1);
        assert!(store.members.home(bob.user.id, None).await.unwrap().is_none());
        let session = store.sessions.find(bob.user.id, bob.session.id, moment()).await;
        assert!(session.unwrap().is_none());
        bob.refresh = registration("x").refresh;
        store.users.register(&bob).await.unwrap();
    }
);

for_each_store!(of_racing_registrations_of_one_address_one_succeeds, |store| {
    let runners = (0..20).map(|_| {
        let (users, registration) = (store.users.clone(), registration("ada"));
        async move { users.register(&registration).await }
    });
    let results = race(runners).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refusals = results.iter().filter_map(|result| result.as_ref().err());
    assert!(
        refusals
            .into_iter()
            .all(|error| matches!(error, RegisterError::EmailTaken))
    );
    assert_eq!(organizations(&store).await, 1);
});

for_each_store!(an_unknown_address_or_user_has_no_account, |store| {
    register(&store, "ada").await;
    for unknown in ["ad", "adaa", "a%", "_da"] {
        assert!(
            store.users.by_email(&email(unknown)).await.unwrap().is_none(),
            "{unknown}"
        );
    }
    assert!(store.users.by_id(Id::at(moment())).await.unwrap().is_none());
});

for_each_store!(a_new_name_counts_the_version_up, |store| {
    let ada = register(&store, "ada").await.user;
    let at = moment();
    let first = Expected::Exactly(Version::FIRST);
    let renamed = store
        .users
        .rename(ada.id, &name("Ada Ł. O'Hara 🦉"), first, at)
        .await
        .unwrap();
    assert_eq!(renamed.display_name, name("Ada Ł. O'Hara 🦉"));
    assert_eq!((renamed.version, renamed.updated_at), (Version::new(2), at));
    assert_eq!(renamed.created_at, ada.created_at);
    assert_eq!(store.users.by_id(ada.id).await.unwrap().unwrap().user, renamed);

    let any = store
        .users
        .rename(ada.id, &name("Ada"), Expected::Any, moment())
        .await
        .unwrap();
    assert_eq!(any.version, Version::new(3));
});

for_each_store!(a_name_for_another_version_changes_nothing, |store| {
    let ada = register(&store, "ada").await.user;
    let expected = Expected::Exactly(Version::new(7));
    let refused = store.users.rename(ada.id, &name("Eve"), expected, moment()).await;
    assert!(matches!(refused, Err(ChangeError::Stale(Version::FIRST))));
    assert_eq!(store.users.by_id(ada.id).await.unwrap().unwrap().user, ada);

    let nobody = store
        .users
        .rename(Id::at(moment()), &name("Eve"), Expected::Any, moment())
        .await;
    assert!(matches!(nobody, Err(ChangeError::NotFound)));
});

for_each_store!(of_racing_names_for_one_version_one_is_taken, |store| {
    let ada = register(&store, "ada").await.user;
    let runners = (0..20).map(|number| {
        let users = store.users.clone();
        let first = Expected::Exactly(Version::FIRST);
        async move {
            users
                .rename(ada.id, &name(&format!("Ada {number}")), first, moment())
                .await
        }
    });
    let results = race(runners).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let stale = |error: &ChangeError| matches!(error, ChangeError::Stale(version) if version.get() == 2);
    assert!(results.iter().filter_map(|result| result.as_ref().err()).all(stale));
});

for_each_store!(a_name_for_any_version_is_taken_also_when_others_race, |store| {
    let ada = register(&store, "ada").await.user;
    let runners = (0..20).map(|number| {
        let users = store.users.clone();
        async move {
            users
                .rename(ada.id, &name(&format!("Ada {number}")), Expected::Any, moment())
                .await
        }
    });
    let mut versions: Vec<i64> = race(runners)
        .await
        .into_iter()
        .map(|result| result.unwrap().version.get())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..22).collect::<Vec<_>>());
});

for_each_store!(disabling_ends_every_session_and_opens_none, |store| {
    let ada = register(&store, "ada").await;
    let (user, at) = (ada.user.id, moment());
    let second = session(user, ada.organization.id);
    assert!(
        store
            .sessions
            .open(&second, &token(), &ada.password, &entry())
            .await
            .unwrap()
    );
    let first = Expected::Exactly(Version::FIRST);
    let disabled = store
        .users
        .set_disabled(user, true, first, at, at.plus(MINUTE), &entry())
        .await;
    let (disabled, revoked) = disabled.unwrap();
    assert_eq!((disabled.disabled_at, disabled.version), (Some(at), Version::new(2)));
    let mut ended: Vec<_> = revoked.iter().map(|revocation| revocation.subject).collect();
    ended.sort_by_key(|subject| format!("{subject:?}"));
    let mut expected = vec![Subject::Session(ada.session.id), Subject::Session(second.id)];
    expected.sort_by_key(|subject| format!("{subject:?}"));
    assert_eq!(ended, expected);
    assert_eq!(store.revocations.since(at, at).await.unwrap().len(), 2);
    let third = session(user, ada.organization.id);
    assert!(
        !store
            .sessions
            .open(&third, &token(), &ada.password, &entry())
            .await
            .unwrap()
    );

    let stale = store
        .users
        .set_disabled(user, false, first, moment(), at.plus(MINUTE), &entry())
        .await;
    assert!(matches!(stale, Err(ChangeError::Stale(version)) if version == Version::new(2)));
    let enabled = store
        .users
        .set_disabled(user, false, Expected::Any, moment(), at.plus(MINUTE), &entry())
        .await;
    let (enabled, revoked) = enabled.unwrap();
    assert_eq!((enabled.disabled_at, revoked.len()), (None, 0));
    assert!(
        store
            .sessions
            .open(&third, &token(), &ada.password, &entry())
            .await
            .unwrap()
    );
});

for_each_store!(accounts_are_listed_in_order_of_registration, |store| {
    let mut registered = Vec::new();
    for name in ["zoe", "ada", "bob"] {
        registered.push(register(&store, name).await.user);
    }
    let listed = in_twos(async |request| store.users.list(None, &request).await).await;
    assert_eq!(listed, registered);
    let ada = store.users.list(Some(&email("ada")), &everything()).await.unwrap();
    assert_eq!((ada.items.as_slice(), ada.total), (&registered[1..2], Some(1)));
});
