use tenon_accounts::{Accepted, InvitationRow, Registration, Rotated};
use tenon_kernel::{Created, Remembered, Role, ServiceState, Timestamp};
use tenon_sql::Store;
use tenon_tests::accounts::{acceptance, invitation, open, register, remembered, repeated, rotation, site, somebody};
use tenon_tests::audit::entry;
use tenon_tests::clock::{DAY, HOUR, MICROSECOND, moment};
use tenon_tests::for_each_store;

use crate::pages::everything;

/// Something of everything that is purged one day.
struct Furniture {
    /// Who has two sessions, of which one has ended.
    ada: Registration,
    /// For Eve, into Ada's organization.
    row: InvitationRow,
    /// With which a site was created.
    request: Remembered,
    /// When the session ended.
    at: Timestamp,
}

async fn furnished(store: &Store) -> Furniture {
    let ada = register(store, "ada").await;
    let organization = ada.organization.id;
    let row = invitation(organization, "eve", Role::Member);
    store.invitations.create(&row, None, &entry()).await.unwrap();
    let request = remembered("kept");
    store
        .sites
        .create(&site(organization, "Hall"), somebody(), Some(&request))
        .await
        .unwrap();
    let (other, _) = open(store, ada.user.id, organization).await;
    let at = moment();
    store
        .sessions
        .end(ada.user.id, other.id, at, at.plus(HOUR), &entry())
        .await
        .unwrap()
        .unwrap();
    Furniture { ada, row, request, at }
}

for_each_store!(the_living_outlasts_a_purge, |store| {
    let eve = register(&store, "eve").await;
    let Furniture { ada, row, request, at } = furnished(&store).await;
    let organization = ada.organization.id;
    assert_eq!(
        store
            .housekeeping
            .purge(at.plus(HOUR).minus(MICROSECOND))
            .await
            .unwrap(),
        0
    );
    assert_eq!(store.revocations.since(at, at).await.unwrap().len(), 1);
    let rotated = store.sessions.rotate(&rotation(ada.refresh, at)).await.unwrap();
    assert!(matches!(rotated, Rotated::Fresh { .. }));
    let again = store
        .sites
        .create(
            &site(organization, "Hall"),
            somebody(),
            Some(&repeated(&request, "new")),
        )
        .await;
    assert_eq!(again.unwrap(), Created::Before(b"kept".to_vec()));
    let joined = store.invitations.accept(&acceptance(&row, &eve.user)).await.unwrap();
    assert!(matches!(joined, Accepted::Joined(_)));
});

for_each_store!(what_nothing_needs_any_more_is_purged, |store| {
    let Furniture { ada, request, at, .. } = furnished(&store).await;
    let organization = ada.organization.id;
    assert_eq!(
        store.housekeeping.purge(at.plus(2 * HOUR)).await.unwrap(),
        1,
        "the revocation"
    );
    assert_eq!(
        store.housekeeping.purge(at.plus(DAY).plus(HOUR)).await.unwrap(),
        2,
        "the answer, the ended session"
    );
    let created = store
        .sites
        .create(&site(organization, "Hall"), somebody(), Some(&request))
        .await
        .unwrap();
    assert_eq!(created, Created::Now(()));
    assert_eq!(
        store.housekeeping.purge(at.plus(7 * DAY).plus(HOUR)).await.unwrap(),
        2,
        "the answer, the invitation"
    );
    assert_eq!(
        store.housekeeping.purge(at.plus(8 * DAY).plus(HOUR)).await.unwrap(),
        1,
        "the session that expired"
    );
    let left = store.sessions.list(ada.user.id, &everything(), at).await.unwrap();
    assert!(left.items.is_empty());
    assert!(store.users.by_id(ada.user.id).await.unwrap().is_some());
});

for_each_store!(a_database_that_answers_is_up, |store| {
    assert_eq!(store.probe.name(), "database");
    assert!(matches!(store.probe.look().await, ServiceState::Up(_)));
});
