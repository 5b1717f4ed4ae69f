//! Accounts that the operator opens for somebody.

use tenon_accounts::{Opening, RegisterError, Registration};
use tenon_audit::Chain;
use tenon_kernel::Role;
use tenon_tests::accounts::{register, registration};
use tenon_tests::audit::{entries, entry, entry_of};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use crate::pages::everything;

fn opening(registration: &Registration) -> Opening {
    Opening {
        user: registration.user.clone(),
        password: registration.password.clone(),
        organization: registration.organization.clone(),
        entries: vec![entry(), entry_of(registration.organization.id)],
    }
}

for_each_store!(an_account_that_is_opened_has_an_organization_and_no_session, |store| {
    let ada = registration("ada");
    store.users.open(&opening(&ada)).await.unwrap();
    let account = store.users.by_email(&ada.user.email).await.unwrap().unwrap();
    assert_eq!((&account.user, &account.password), (&ada.user, &ada.password));
    let home = store.members.home(ada.user.id, None).await.unwrap().unwrap();
    assert_eq!((home.organization, home.role), (ada.organization.clone(), Role::Owner));
    let sessions = store.sessions.list(ada.user.id, &everything(), moment()).await.unwrap();
    assert!(sessions.items.is_empty());
    for chain in [Chain::Installation, Chain::Organization(ada.organization.id)] {
        assert_eq!(entries(&*store.ledger, chain).await.len(), 1);
    }
});

for_each_store!(no_account_is_opened_for_an_address_that_has_one, |store| {
    register(&store, "ada").await;
    let other = registration("ada");
    let refused = store.users.open(&opening(&other)).await;
    assert!(matches!(refused, Err(RegisterError::EmailTaken)));
    assert!(store.users.by_id(other.user.id).await.unwrap().is_none());
    assert!(store.organizations.find(other.organization.id).await.unwrap().is_none());
    let chain = Chain::Organization(other.organization.id);
    assert!(entries(&*store.ledger, chain).await.is_empty());
});

for_each_store!(of_racing_openings_of_one_address_one_succeeds, |store| {
    let runners = (0..20).map(|_| {
        let (users, opening) = (store.users.clone(), opening(&registration("ada")));
        async move { users.open(&opening).await.is_ok() }
    });
    assert_eq!(race(runners).await.into_iter().filter(|opened| *opened).count(), 1);
});
