//! What goes with an organization, and what stays.

use std::collections::BTreeSet;

use tenon_accounts::{Acceptance, Accepted, InvitationRow, Subject};
use tenon_assets::{Filter, Listing, Placement, Scope, SearchQuery, Tag, Tags};
use tenon_kernel::{
    ChangeError, Created, Expected, Id, InvitationId, OrganizationId, PageRequest, Remembered, Role, SiteId, UnitId,
    UserId, Version,
};
use tenon_sql::Store;
use tenon_tests::accounts::{
    acceptance, act, email, invitation, join, organization, register, remembered, repeated, site, somebody, unit, user,
};
use tenon_tests::assets::{all, asset, own};
use tenon_tests::audit::entry;
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};

use crate::pages::everything;

/// How much of everything the organization has: itself, members, invitations, sites, units, assets, and assets found by a
/// word and by a label.
async fn belongings(store: &Store, organization: OrganizationId) -> [usize; 8] {
    let (members, invitations): (PageRequest<UserId>, PageRequest<InvitationId>) = (everything(), everything());
    let (sites, units): (PageRequest<SiteId>, PageRequest<UnitId>) = (everything(), everything());
    let assets = async |filter: Filter| {
        let listing = Listing {
            filter,
            ..Listing::default()
        };
        store
            .inventory
            .list(&all(organization), &listing)
            .await
            .unwrap()
            .items
            .len()
    };
    let by_word = Filter {
        search: Some(SearchQuery::parse("pump").unwrap()),
        ..Filter::default()
    };
    let by_tag = Filter {
        tag: Some(Tag::parse("red").unwrap()),
        ..Filter::default()
    };
    [
        usize::from(store.organizations.find(organization).await.unwrap().is_some()),
        store.members.list(organization, &members).await.unwrap().items.len(),
        store
            .invitations
            .list(organization, &invitations, moment())
            .await
            .unwrap()
            .items
            .len(),
        store.sites.list(organization, &sites).await.unwrap().items.len(),
        store.units.list(organization, None, &units).await.unwrap().items.len(),
        assets(Filter::default()).await,
        assets(by_word).await,
        assets(by_tag).await,
    ]
}

struct Furnished {
    scope: Scope,
    colleague: UserId,
    invited: InvitationRow,
    request: Remembered,
}

/// An organization of two that has one of everything.
async fn furnished(store: &Store, name: &str) -> Furnished {
    let owner = register(store, name).await;
    let organization = owner.organization.id;
    let colleague = join(store, organization, &format!("{name}.colleague"), Role::Member).await;
    let invited = invitation(organization, "third", Role::Viewer);
    store.invitations.create(&invited, None, &entry()).await.unwrap();
    let (site, request) = (site(organization, "Hall"), remembered("kept"));
    store.sites.create(&site, somebody(), Some(&request)).await.unwrap();
    let unit = unit(organization, site.id, "Room");
    store.units.create(&unit, somebody(), None).await.unwrap();
    let scope = own(organization, owner.user.id);
    let mut placed = asset(&scope, "Main pump");
    placed.placement = Placement::new(Some(site.id), Some(unit.id)).unwrap();
    placed.tags = Tags::parse(&["red"]).unwrap();
    store.inventory.insert(&placed, act(), None).await.unwrap();
    Furnished {
        scope,
        colleague: colleague.user.id,
        invited,
        request,
    }
}

for_each_store!(a_deleted_organization_takes_all_of_it_and_nothing_of_others, |store| {
    let (gone, kept) = (furnished(&store, "gone").await, furnished(&store, "kept").await);
    let organization = gone.scope.organization;
    assert_eq!(belongings(&store, organization).await, [1, 2, 1, 1, 1, 1, 1, 1]);
    let at = moment();
    let forget_at = at.plus(15 * MINUTE);
    let written = store
        .organizations
        .delete(organization, Expected::Any, at, forget_at, &entry())
        .await
        .unwrap();

    assert_eq!(belongings(&store, organization).await, [0; 8]);
    assert_eq!(
        belongings(&store, kept.scope.organization).await,
        [1, 2, 1, 1, 1, 1, 1, 1]
    );
    let subjects: BTreeSet<UserId> = written
        .iter()
        .map(|revocation| match revocation.subject {
            Subject::Membership(user, of) if of == organization => user,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(subjects, BTreeSet::from([gone.scope.owner.unwrap(), gone.colleague]));
    assert!(
        written
            .iter()
            .all(|one| (one.issued_until, one.forget_at) == (at, forget_at))
    );
    assert_eq!(store.revocations.since(at, at).await.unwrap().len(), 2);
    let token = acceptance(&gone.invited, &user("third"));
    assert_eq!(store.invitations.accept(&token).await.unwrap(), Accepted::NotFound);
    assert!(
        store.users.by_id(gone.colleague).await.unwrap().is_some(),
        "people stay"
    );
    let home = store
        .members
        .home(gone.colleague, Some(organization))
        .await
        .unwrap()
        .unwrap();
    assert_ne!(home.organization.id, organization);
});

for_each_store!(kept_answers_outlive_the_organization, |store| {
    let (gone, kept) = (furnished(&store, "gone").await, furnished(&store, "kept").await);
    store
        .organizations
        .delete(gone.scope.organization, Expected::Any, moment(), moment(), &entry())
        .await
        .unwrap();
    for request in [&gone.request, &kept.request] {
        let again = site(kept.scope.organization, "Again");
        let created = store
            .sites
            .create(&again, somebody(), Some(&repeated(request, "new")))
            .await
            .unwrap();
        assert_eq!(created, Created::Before(b"kept".to_vec()));
    }
});

for_each_store!(nothing_of_a_deleted_organization_is_found_by_one_with_its_id, |store| {
    let gone = furnished(&store, "gone").await;
    let owner = gone.scope.owner.unwrap();
    let mut again = organization("Again");
    again.id = gone.scope.organization;
    store
        .organizations
        .delete(again.id, Expected::Any, moment(), moment(), &entry())
        .await
        .unwrap();
    store.organizations.create(&again, owner, None, &entry()).await.unwrap();
    assert_eq!(belongings(&store, again.id).await, [1, 1, 0, 0, 0, 0, 0, 0]);
});

for_each_store!(an_organization_of_another_version_is_not_deleted, |store| {
    let kept = furnished(&store, "kept").await;
    let (organization, at) = (kept.scope.organization, moment());
    let expected = Expected::Exactly(Version::new(2));
    let stale = store
        .organizations
        .delete(organization, expected, at, at.plus(MINUTE), &entry())
        .await;
    assert!(matches!(stale, Err(ChangeError::Stale(Version::FIRST))));
    assert_eq!(belongings(&store, organization).await, [1, 2, 1, 1, 1, 1, 1, 1]);
    assert!(store.revocations.since(at, at).await.unwrap().is_empty());

    let unknown = store
        .organizations
        .delete(Id::at(at), Expected::Any, at, at, &entry())
        .await;
    assert!(matches!(unknown, Err(ChangeError::NotFound)));
    let first = Expected::Exactly(Version::FIRST);
    assert_eq!(
        store
            .organizations
            .delete(organization, first, at, at, &entry())
            .await
            .unwrap()
            .len(),
        2
    );
});

for_each_store!(nothing_is_left_of_what_comes_while_the_organization_goes, |store| {
    for round in 0..5 {
        let ada = register(&store, &format!("ada{round}")).await;
        let eve = register(&store, &format!("eve{round}")).await;
        let (organization, scope) = (ada.organization.id, own(ada.organization.id, ada.user.id));
        let hall = site(organization, "Hall");
        store.sites.create(&hall, somebody(), None).await.unwrap();
        let invited = invitation(organization, &format!("eve{round}"), Role::Member);
        store.invitations.create(&invited, None, &entry()).await.unwrap();
        let accepting = Acceptance {
            email: email(&format!("eve{round}")),
            ..acceptance(&invited, &eve.user)
        };
        let (one, other, three, four) = (store.clone(), store.clone(), store.clone(), store.clone());
        let mut placed = asset(&scope, "Main pump");
        placed.placement = Placement::new(Some(hall.id), None).unwrap();
        let alone = asset(&scope, "Spare pump");
        let replacement = invitation(organization, &format!("eve{round}"), Role::Viewer);
        let outcomes = race([
            runner(async move {
                let deleted = one
                    .organizations
                    .delete(organization, Expected::Any, moment(), moment(), &entry())
                    .await;
                deleted.is_ok()
            }),
            runner(async move { other.inventory.insert(&placed, act(), None).await.is_ok() }),
            runner(async move { three.inventory.insert(&alone, act(), None).await.is_ok() }),
            runner(async move { four.invitations.accept(&accepting).await.is_ok() }),
        ])
        .await;
        assert!(outcomes[0], "the deletion succeeds");
        assert!(outcomes[3], "the acceptance is answered");
        assert!(store.invitations.create(&replacement, None, &entry()).await.is_err());
        assert_eq!(belongings(&store, organization).await, [0; 8]);
    }
});
