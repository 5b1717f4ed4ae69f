//! Whatever is made in an organization that is gone is told so, and takes nothing with it.

use std::fmt::Debug;

use tenon_accounts::{MemberChangeError, Registration, RemoveError, Site};
use tenon_assets::{InsertError, Placement};
use tenon_graph::KeepError;
use tenon_kernel::{CreateError, Expected, Role};
use tenon_messages::{DeviceId, PostError, ReadMailError};
use tenon_sql::Store;
use tenon_tests::accounts::{
    act, invitation, join, register, registration, remembered, revocation, site, somebody, token,
};
use tenon_tests::assets::{asset, entering, own};
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::keys::public_key;
use tenon_tests::mail::{MOST, draft, mailbox, member, send};
use tenon_tests::race::{Runner, race, runner};
use tenon_tests::vault::{self, KEYS, ring};

use crate::api_keys::key;
use crate::graph::certificates::certificate_of;

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
    for asked in [None, Some(&told)] {
        let kept = store.certificates.insert(&certificate_of(organization), asked).await;
        assert!(matches!(kept, Err(KeepError::OrganizationGone)), "{kept:?}");
    }
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

/// That it was done, or that whoever asked was told what is gone.
fn done<T, E: Debug>(outcome: Result<T, E>, is_gone: impl Fn(&E) -> bool) -> Result<(), String> {
    match outcome {
        Err(error) if !is_gone(&error) => Err(format!("{error:?}")),
        _ => Ok(()),
    }
}

/// Both publish keys, and somebody removes the site.
fn meddle(store: &Store, ada: &Registration, bob: &Registration, north: &Site) -> Vec<Runner<Result<(), String>>> {
    let mut racers = Vec::new();
    for user in [ada.user.id, bob.user.id] {
        let keys = store.public_keys.clone();
        let published = async move { done(keys.publish(user, &public_key(), moment()).await, |_| false) };
        racers.push(runner(published));
    }
    let sites = store.sites.clone();
    let (organization, site) = (north.organization, north.id);
    racers.push(runner(async move {
        let removed = sites.remove(organization, site, Expected::Any, act()).await;
        done(removed, |error| {
            matches!(error, RemoveError::NotFound | RemoveError::InUse)
        })
    }));
    racers
}

/// What members do while their organization goes: they send their first messages, acknowledge, leave, publish keys, and enter
/// assets at a site that somebody removes.
async fn go(store: &Store, round: usize) -> Vec<Result<(), String>> {
    let ada = register(store, &format!("ada{round}")).await;
    let organization = ada.organization.id;
    let bob = join(store, organization, &format!("bob{round}"), Role::Member).await;
    let sender = member(&ada, organization);
    let bobs = draft(ada.user.id, "to be acknowledged");
    let place = send(store, &member(&bob, organization), &bobs).await.sent.seq;
    let north = site(organization, "North");
    store.sites.create(&north, somebody(), None).await.unwrap();
    let organizations = store.organizations.clone();
    let mut racers = vec![runner(async move {
        let told = entry();
        let gone = organizations.delete(organization, Expected::Any, moment(), moment(), &told);
        done(gone.await, |_| false)
    })];
    let members = store.members.clone();
    racers.push(runner(async move {
        let (told, revoked) = (entry(), revocation(bob.user.id, organization));
        let removed = members.remove(organization, bob.user.id, Expected::Any, &revoked, &told);
        done(removed.await, |error| matches!(error, MemberChangeError::NotFound))
    }));
    let mail = store.mail.clone();
    racers.push(runner(async move {
        let own = mailbox(&sender);
        let read = mail.acknowledge(&own, DeviceId::SIMPLE, place, moment());
        done(read.await, |error| matches!(error, ReadMailError::UnknownDevice))
    }));
    racers.extend(meddle(store, &ada, &bob, &north));
    for number in 0..4 {
        let (mail, inventory) = (store.mail.clone(), store.inventory.clone());
        let first = draft(bob.user.id, &number.to_string());
        racers.push(runner(async move {
            let posted = mail.post(&sender, &first, moment(), MOST).await;
            done(posted, |error| matches!(error, PostError::UnknownRecipient))
        }));
        let mut made = asset(&own(organization, ada.user.id), "Pump");
        made.placement = Placement::new(Some(north.id), None).unwrap();
        racers.push(runner(async move {
            let entered = inventory.insert(&made, entering(&made), None).await;
            let gone = |error: &_| matches!(error, InsertError::OrganizationGone | InsertError::UnknownSite);
            done(entered, gone)
        }));
    }
    race(racers).await
}

for_each_store!(nobody_fails_for_an_organization_that_is_just_going, |store| {
    for round in 0..20 {
        for outcome in go(&store, round).await {
            outcome.unwrap();
        }
    }
});
