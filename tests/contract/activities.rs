mod people;

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use tenon_accounts::{OrganizationName, PlaceName, Registration};
use tenon_assets::{Asset, Placement, Scope};
use tenon_kernel::{About, Act, Activity, Expected, Id, OrganizationId, Role, Unavailable, Verb, Version};
use tenon_sql::Store;
use tenon_tests::accounts::{act, register, revocation, site, somebody, unit};
use tenon_tests::assets::{asset, entering, keep, own, retitled};
use tenon_tests::audit::{entry, entry_by};
use tenon_tests::clock::{MINUTE, moment};
use tenon_tests::for_each_store;
use tokio::time::timeout;

use crate::pages::in_twos;

/// What happened in the organization, the earliest first, as far as it is about what the test is about.
async fn happened(store: &Store, organization: OrganizationId) -> Vec<Activity> {
    let mut listed = in_twos(async |request| store.activities.list(organization, &request).await).await;
    assert!(listed.is_sorted_by_key(|activity| std::cmp::Reverse(activity.id)));
    listed.reverse();
    listed
}

/// What is not told, of this organization or of sessions.
async fn untold(store: &Store, organization: Option<OrganizationId>) -> Result<Vec<Activity>, Unavailable> {
    let all = store.outbox.untold(moment().plus(MINUTE)).await?;
    Ok(all
        .into_iter()
        .filter(|activity| activity.organization == organization)
        .collect())
}

/// What this store hands over, up to so many.
async fn fresh(store: &Store, count: usize) -> Vec<Activity> {
    let mut handed = Vec::new();
    while handed.len() < count {
        let more = timeout(Duration::from_secs(10), store.outbox.fresh());
        handed.extend(more.await.unwrap().unwrap());
    }
    handed
}

fn told_of(activity: &Activity, act: Act, about: About, verb: Verb) {
    assert_eq!(
        (activity.by, activity.about, activity.verb, activity.id.time()),
        (Some(act.by), about, verb, act.at)
    );
}

fn about(asset: &Asset, left: Placement) -> About {
    About::Asset {
        asset: asset.id,
        owner: asset.owner,
        version: asset.version,
        place: asset.placement.into(),
        left: left.into(),
    }
}

for_each_store!(every_change_of_an_asset_is_an_activity_of_its_organization, |store| {
    let ada = register(&store, "ada").await;
    let (organization, user) = (ada.organization.id, ada.user.id);
    let scope = own(organization, user);
    let hall = site(organization, "Hall");
    store.sites.create(&hall, user, None).await.unwrap();
    let first = keep(&store, &scope, "Pump").await;
    let placement = Placement::new(Some(hall.id), None).unwrap();
    let moved = Asset {
        placement,
        ..retitled(&first, "Main pump")
    };
    let by = somebody();
    store
        .inventory
        .replace(&scope, &first, &moved, Act::of(by, moved.updated_at))
        .await
        .unwrap();
    let deleting = act();
    store
        .inventory
        .delete(&scope, moved.id, Expected::Any, deleting)
        .await
        .unwrap();

    let happened = happened(&store, organization).await;
    let [placed, created, updated, deleted] = &happened[..] else {
        panic!("{happened:?}")
    };
    let at = Act::of;
    let version = Version::FIRST;
    told_of(
        placed,
        at(user, hall.created_at),
        About::Site { site: hall.id, version },
        Verb::Created,
    );
    told_of(
        created,
        at(user, first.created_at),
        about(&first, Placement::default()),
        Verb::Created,
    );
    told_of(
        updated,
        at(by, moved.updated_at),
        about(&moved, Placement::default()),
        Verb::Updated,
    );
    told_of(deleted, deleting, about(&moved, placement), Verb::Deleted);
    assert_eq!(untold(&store, Some(organization)).await.unwrap(), happened);
});

for_each_store!(what_is_refused_is_no_activity, |store| {
    let ada = register(&store, "ada").await;
    let (organization, user) = (ada.organization.id, ada.user.id);
    let scope = own(organization, user);
    let kept = keep(&store, &scope, "Pump").await;
    let before = happened(&store, organization).await;
    let skipped = retitled(&kept, "Skipped");
    let stale = retitled(&skipped, "Stale");
    store
        .inventory
        .replace(&scope, &skipped, &stale, act())
        .await
        .unwrap_err();
    let later = Expected::Exactly(Version::new(2));
    store.inventory.delete(&scope, kept.id, later, act()).await.unwrap_err();
    let nowhere = Asset {
        placement: Placement::new(Some(Id::at(moment())), None).unwrap(),
        ..asset(&scope, "Lost")
    };
    store
        .inventory
        .insert(&nowhere, entering(&nowhere), None)
        .await
        .unwrap_err();
    let unknown = unit(organization, Id::at(moment()), "Room");
    store.units.create(&unknown, user, None).await.unwrap_err();
    let revoked = revocation(user, organization);
    let told = entry_by(user);
    let members = &store.members;
    let last = members.change_role(organization, user, Role::Member, Expected::Any, &revoked, &told);
    last.await.unwrap_err();
    assert_eq!(happened(&store, organization).await, before);
    assert_eq!(untold(&store, Some(organization)).await.unwrap(), before);
});

for_each_store!(changes_of_places_and_of_the_organization_are_activities, |store| {
    let ada = register(&store, "ada").await;
    let (organization, user) = (ada.organization.id, ada.user.id);
    let hall = site(organization, "Hall");
    store.sites.create(&hall, user, None).await.unwrap();
    let room = unit(organization, hall.id, "Room");
    store.units.create(&room, user, None).await.unwrap();
    let name = PlaceName::parse("Big").unwrap();
    let mut acts: Vec<Act> = std::iter::repeat_with(act).take(4).collect();
    let by = somebody();
    let renaming = entry_by(by);
    acts.push(Act::of(by, renaming.id.time()));
    let any = Expected::Any;
    store
        .units
        .rename(organization, room.id, &name, any, acts[0])
        .await
        .unwrap();
    store
        .sites
        .rename(organization, hall.id, &name, any, acts[1])
        .await
        .unwrap();
    store.units.remove(organization, room.id, any, acts[2]).await.unwrap();
    store.sites.remove(organization, hall.id, any, acts[3]).await.unwrap();
    let renamed = OrganizationName::parse("New").unwrap();
    store
        .organizations
        .rename(organization, &renamed, any, &renaming)
        .await
        .unwrap();

    let happened = happened(&store, organization).await;
    let version = Version::new(2);
    let of_site = About::Site { site: hall.id, version };
    let of_unit = About::Unit {
        unit: room.id,
        site: hall.id,
        version,
    };
    let expected = [
        (of_unit, Verb::Updated),
        (of_site, Verb::Updated),
        (of_unit, Verb::Deleted),
        (of_site, Verb::Deleted),
        (About::Organization { version }, Verb::Updated),
    ];
    assert_eq!(happened.len(), 7);
    for ((activity, act), (about, verb)) in happened[2..].iter().zip(acts).zip(expected) {
        told_of(activity, act, about, verb);
    }
});

for_each_store!(what_is_stored_is_handed_over_once_and_in_order, |store| {
    let ada = register(&store, "ada").await;
    let scope = own(ada.organization.id, ada.user.id);
    let mut made = Vec::new();
    for number in 0..300 {
        made.push(keep(&store, &scope, &format!("Pump {number}")).await.id);
    }
    let handed = fresh(&store, made.len()).await;
    let assets: Vec<_> = handed
        .iter()
        .map(|activity| match activity.about {
            About::Asset { asset, .. } => asset,
            _ => panic!("{activity:?}"),
        })
        .collect();
    assert_eq!(assets, made);
});

for_each_store!(too_much_to_hand_over_is_found_in_the_store, |store| {
    let ada = register(&store, "ada").await;
    let (organization, user) = (ada.organization.id, ada.user.id);
    let scope = own(organization, user);
    for _ in 0..42 {
        let created = (0..100).map(|number| {
            let (inventory, made) = (store.inventory.clone(), asset(&scope, &format!("Pump {number}")));
            async move { inventory.insert(&made, entering(&made), None).await.unwrap() }
        });
        join_all(created).await;
    }
    let fresh = timeout(Duration::from_secs(10), store.outbox.fresh()).await.unwrap();
    assert_eq!(fresh, None);
    let mut found = HashSet::new();
    loop {
        let some = untold(&store, Some(organization)).await.unwrap();
        if some.is_empty() {
            break;
        }
        let ids: Vec<_> = some.iter().map(|activity| activity.id).collect();
        assert!(ids.is_sorted());
        found.extend(ids.iter().copied());
        store.outbox.told(&ids).await.unwrap();
    }
    assert_eq!(found.len(), 4_200);
});

for_each_store!(what_is_told_is_struck_out_and_stays_in_the_feed, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let scope = own(organization, ada.user.id);
    for title in ["A", "B", "C"] {
        keep(&store, &scope, title).await;
    }
    let left = untold(&store, Some(organization)).await.unwrap();
    let other = store.another();
    other.outbox.told(&[left[0].id, left[2].id]).await.unwrap();
    assert_eq!(untold(&store, Some(organization)).await.unwrap(), [left[1].clone()]);
    assert_eq!(store.outbox.untold(left[1].id.time()).await.unwrap(), []);
    assert_eq!(happened(&store, organization).await, left);
});

for_each_store!(a_feed_goes_with_its_organization_and_no_other_is_in_it, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let scope = |of: &Registration| own(of.organization.id, of.user.id);
    let scopes: [Scope; 2] = [scope(&ada), scope(&bob)];
    for scope in &scopes {
        keep(&store, scope, "Pump").await;
    }
    let his = happened(&store, bob.organization.id).await;
    assert_eq!(his.len(), 1);
    assert_eq!(his[0].by, Some(bob.user.id));
    let at = moment();
    store
        .organizations
        .delete(ada.organization.id, Expected::Any, at, at.plus(MINUTE), &entry())
        .await
        .unwrap();
    assert_eq!(happened(&store, ada.organization.id).await, []);
    assert_eq!(happened(&store, bob.organization.id).await, his);
});
