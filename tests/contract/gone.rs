//! Whatever is made in an organization that is gone is told so, and takes nothing with it.

use tenon_assets::InsertError;
use tenon_kernel::{CreateError, Role};
use tenon_tests::accounts::{invitation, register, registration, remembered, site, somebody, token};
use tenon_tests::assets::{asset, entering, own};
use tenon_tests::audit::entry;
use tenon_tests::for_each_store;
use tenon_tests::race::race;
use tenon_tests::vault::{self, KEYS, ring};

use crate::api_keys::key;

for_each_store!(nothing_is_made_in_an_organization_that_is_gone, |store| {
    let gone = registration("ada");
    let (organization, told) = (gone.organization.id, entry());
    let is_gone =
        |made: Result<_, CreateError>| assert!(matches!(made, Err(CreateError::OrganizationGone)), "{made:?}");
    let remember = remembered("never");
    is_gone(store.sites.create(&site(organization, "North"), somebody(), None).await);
    is_gone(
        store
            .sites
            .create(&site(organization, "North"), somebody(), Some(&remember))
            .await,
    );
    is_gone(
        store
            .api_keys
            .create(&key(&gone, "Warehouse"), &token(), None, &told)
            .await,
    );
    let invited = invitation(organization, "bob", Role::Member);
    is_gone(store.invitations.create(&invited, None, &told).await);
    let credential = vault::credential(&gone, "Mail");
    let sealed = vault::sealed(&ring(&KEYS), &credential, "secret");
    is_gone(store.credentials.create(&credential, &sealed, None, &told).await);
    let made = asset(&own(organization, gone.user.id), "Pump");
    let entered = store.inventory.insert(&made, entering(&made), Some(&remember)).await;
    assert!(matches!(entered, Err(InsertError::OrganizationGone)), "{entered:?}");
});

for_each_store!(
    assets_of_others_are_entered_beside_those_of_an_organization_that_is_gone,
    |store| {
        let (here, gone) = (register(&store, "ada").await, registration("bob"));
        let racers = (0..24).map(|number| {
            let whose = if number % 3 == 0 { &gone } else { &here };
            let made = asset(&own(whose.organization.id, whose.user.id), &number.to_string());
            let inventory = store.inventory.clone();
            async move { inventory.insert(&made, entering(&made), None).await }
        });
        for (number, entered) in race(racers).await.into_iter().enumerate() {
            match entered {
                Err(InsertError::OrganizationGone) => assert_eq!(number % 3, 0),
                entered => assert!(entered.is_ok() && number % 3 != 0, "{entered:?}"),
            }
        }
    }
);
