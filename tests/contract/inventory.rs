mod model;
mod once;
mod paging;
mod places;
mod races;
mod search;
mod text;

use tenon_assets::{Asset, CalendarDay, Category, Listing, Money, ReplaceError, Scope, Status, Tags};
use tenon_kernel::{Created, Expected, Id, Version};
use tenon_sql::Store;
use tenon_tests::accounts::act;
use tenon_tests::assets::{all, asset, colleague, entering, keep, keeper, listed, own, retitled};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;

const FIRST: Expected = Expected::Exactly(Version::FIRST);

async fn found(store: &Store, scope: &Scope, asset: &Asset) -> Option<Asset> {
    store.inventory.find(scope, asset.id).await.unwrap()
}

for_each_store!(an_asset_reads_back_as_it_was_stored, |store| {
    let scope = keeper(&store, "ada").await;
    let mut full = asset(&scope, "Main pump");
    full.category = Category::parse("pumps").unwrap();
    full.status = Status::Archived;
    full.tags = Tags::parse(&["z", "a", "m"]).unwrap();
    full.value = Some(Money::new(i64::MIN, "EUR").unwrap());
    full.acquired_on = Some(CalendarDay::parse("2024-02-29").unwrap());
    full.version = Version::new(i64::MAX - 1);
    let bare = asset(&scope, "Bare");
    for stored in [full, bare] {
        assert_eq!(
            store.inventory.insert(&stored, entering(&stored), None).await.unwrap(),
            Created::Now(())
        );
        assert_eq!(found(&store, &scope, &stored).await.as_ref(), Some(&stored));
        assert_eq!(found(&store, &all(scope.organization), &stored).await, Some(stored));
    }
    assert_eq!(store.inventory.find(&scope, Id::at(moment())).await.unwrap(), None);
});

for_each_store!(a_replaced_asset_reads_back_as_its_replacement, |store| {
    let scope = keeper(&store, "ada").await;
    let mut before = asset(&scope, "Main pump");
    before.value = Some(Money::new(5, "EUR").unwrap());
    before.acquired_on = Some(CalendarDay::parse("2024-02-29").unwrap());
    before.tags = Tags::parse(&["red"]).unwrap();
    store.inventory.insert(&before, entering(&before), None).await.unwrap();
    let mut after = retitled(&before, "Spare pump");
    after.value = None;
    after.acquired_on = None;
    after.tags = Tags::default();
    store.inventory.replace(&scope, &before, &after, act()).await.unwrap();
    assert_eq!(found(&store, &scope, &before).await, Some(after));
});

for_each_store!(an_asset_of_another_version_is_neither_replaced_nor_deleted, |store| {
    let scope = keeper(&store, "ada").await;
    let first = keep(&store, &scope, "Pump").await;
    let second = retitled(&first, "Second");
    store.inventory.replace(&scope, &first, &second, act()).await.unwrap();
    for version in [0, 1, 3] {
        let read = Asset {
            version: Version::new(version),
            ..first.clone()
        };
        let late = retitled(&read, "Late");
        let stale = store.inventory.replace(&scope, &read, &late, act()).await;
        assert!(matches!(stale, Err(ReplaceError::Stale(current)) if current == second.version));
    }
    let stale = store.inventory.delete(&scope, first.id, FIRST, act()).await;
    assert!(matches!(stale, Err(ReplaceError::Stale(current)) if current == second.version));
    assert_eq!(found(&store, &scope, &first).await, Some(second));
});

for_each_store!(a_deleted_asset_is_gone, |store| {
    let scope = keeper(&store, "ada").await;
    let (first, second, kept) = (
        keep(&store, &scope, "First").await,
        keep(&store, &scope, "Second").await,
        keep(&store, &scope, "Kept").await,
    );
    store.inventory.delete(&scope, first.id, FIRST, act()).await.unwrap();
    store
        .inventory
        .delete(&scope, second.id, Expected::Any, act())
        .await
        .unwrap();
    for gone in [&first, &second] {
        assert_eq!(found(&store, &scope, gone).await, None);
        let again = store.inventory.delete(&scope, gone.id, Expected::Any, act()).await;
        assert!(matches!(again, Err(ReplaceError::NotFound)));
        let again = retitled(gone, "Again");
        let replaced = store.inventory.replace(&scope, gone, &again, act()).await;
        assert!(matches!(replaced, Err(ReplaceError::NotFound)));
    }
    assert_eq!(listed(&store, &scope, Listing::default(), 10).await, [kept]);
});

for_each_store!(assets_outside_of_the_scope_do_not_exist, |store| {
    let ada = keeper(&store, "ada").await;
    let bob = colleague(&store, ada.organization, "bob").await;
    let eve = keeper(&store, "eve").await;
    let hers = keep(&store, &ada, "Hers").await;
    let his = keep(&store, &bob, "His").await;
    let elsewhere = keep(&store, &eve, "Elsewhere").await;

    let strangers = [
        bob,
        eve,
        all(eve.organization),
        own(eve.organization, ada.owner.unwrap()),
    ];
    for scope in &strangers {
        assert_eq!(found(&store, scope, &hers).await, None);
        for expected in [FIRST, Expected::Any] {
            let deleted = store.inventory.delete(scope, hers.id, expected, act()).await;
            assert!(matches!(deleted, Err(ReplaceError::NotFound)));
        }
        let moved = Asset {
            organization: scope.organization,
            ..retitled(&hers, "Stolen")
        };
        for replacement in [moved, retitled(&hers, "Stolen")] {
            let replaced = store.inventory.replace(scope, &hers, &replacement, act()).await;
            assert!(matches!(replaced, Err(ReplaceError::NotFound)));
        }
        let seen = listed(&store, scope, Listing::default(), 10).await;
        assert!(seen.iter().all(|asset| asset.id != hers.id));
    }
    assert_eq!(found(&store, &ada, &hers).await.as_ref(), Some(&hers));
    assert_eq!(
        listed(&store, &ada, Listing::default(), 10).await,
        std::slice::from_ref(&hers)
    );
    assert_eq!(
        listed(&store, &all(ada.organization), Listing::default(), 10).await,
        [his, hers]
    );
    assert_eq!(
        listed(&store, &all(eve.organization), Listing::default(), 10).await,
        [elsewhere]
    );
});

for_each_store!(who_sees_the_whole_organization_changes_all_of_it, |store| {
    let ada = keeper(&store, "ada").await;
    let bob = colleague(&store, ada.organization, "bob").await;
    let his = keep(&store, &bob, "His").await;
    let organization = all(ada.organization);
    let changed = retitled(&his, "Changed");
    store
        .inventory
        .replace(&organization, &his, &changed, act())
        .await
        .unwrap();
    assert_eq!(found(&store, &bob, &his).await, Some(changed));
    store
        .inventory
        .delete(&organization, his.id, Expected::Any, act())
        .await
        .unwrap();
    assert_eq!(found(&store, &bob, &his).await, None);
});

for_each_store!(the_same_id_may_be_in_two_organizations, |store| {
    let (ada, eve) = (keeper(&store, "ada").await, keeper(&store, "eve").await);
    let hers = keep(&store, &ada, "Pump of Ada").await;
    let twin = Asset {
        id: hers.id,
        ..asset(&eve, "Pump of Eve")
    };
    store.inventory.insert(&twin, entering(&twin), None).await.unwrap();
    store
        .inventory
        .delete(&ada, hers.id, Expected::Any, act())
        .await
        .unwrap();
    assert_eq!(found(&store, &ada, &hers).await, None);
    assert_eq!(found(&store, &eve, &twin).await, Some(twin));
});
