//! Requests that come again.

use tenon_assets::{Filter, InsertError, Listing, Placement, SearchQuery};
use tenon_kernel::{Created, Id};
use tenon_tests::accounts::{act, remembered, repeated, reused};
use tenon_tests::assets::{asset, entering, keeper, listed};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::race;

for_each_store!(a_remembered_insertion_gives_the_kept_answer, |store| {
    let scope = keeper(&store, "ada").await;
    let (first, request) = (asset(&scope, "First"), remembered("kept"));
    let created = store
        .inventory
        .insert(&first, entering(&first), Some(&request))
        .await
        .unwrap();
    assert_eq!(created, Created::Now(()));
    let second = asset(&scope, "Second");
    let again = store
        .inventory
        .insert(&second, entering(&second), Some(&repeated(&request, "new")))
        .await
        .unwrap();
    assert_eq!(again, Created::Before(b"kept".to_vec()));
    let other = store
        .inventory
        .insert(&second, entering(&second), Some(&reused(&request)))
        .await;
    assert!(matches!(other, Err(InsertError::KeyReused)));
    assert_eq!(listed(&store, &scope, Listing::default(), 10).await, [first]);
});

for_each_store!(an_answer_is_kept_byte_for_byte, |store| {
    let scope = keeper(&store, "ada").await;
    let mut request = remembered("");
    for answer in [Vec::new(), (0..=255).collect::<Vec<u8>>(), vec![7; 100_000]] {
        request = remembered("");
        request.answer = answer.clone();
        store
            .inventory
            .insert(&asset(&scope, "One"), act(), Some(&request))
            .await
            .unwrap();
        let again = store
            .inventory
            .insert(&asset(&scope, "Two"), act(), Some(&repeated(&request, "new")))
            .await;
        assert_eq!(again.unwrap(), Created::Before(answer));
    }
    assert_eq!(request.answer.len(), 100_000);
});

for_each_store!(a_refused_insertion_is_not_remembered, |store| {
    let scope = keeper(&store, "ada").await;
    let request = remembered("kept");
    let mut misplaced = asset(&scope, "Pump");
    misplaced.placement = Placement::new(Some(Id::at(moment())), None).unwrap();
    let refused = store
        .inventory
        .insert(&misplaced, entering(&misplaced), Some(&request))
        .await;
    assert!(matches!(refused, Err(InsertError::UnknownSite)));
    let created = store
        .inventory
        .insert(&asset(&scope, "Pump"), act(), Some(&request))
        .await
        .unwrap();
    assert_eq!(created, Created::Now(()));
});

for_each_store!(an_insertion_that_fails_leaves_nothing_behind, |store| {
    let scope = keeper(&store, "ada").await;
    let (first, request) = (asset(&scope, "First"), remembered("kept"));
    store.inventory.insert(&first, entering(&first), None).await.unwrap();
    let mut twin = asset(&scope, "Twin beacon");
    twin.id = first.id;
    let failed = store.inventory.insert(&twin, entering(&twin), Some(&request)).await;
    assert!(matches!(failed, Err(InsertError::Unavailable(_))));
    let filter = Filter {
        search: Some(SearchQuery::parse("beacon").unwrap()),
        ..Filter::default()
    };
    let listing = Listing {
        filter,
        ..Listing::default()
    };
    assert!(listed(&store, &scope, listing, 10).await.is_empty());
    assert_eq!(listed(&store, &scope, Listing::default(), 10).await, [first]);
    let created = store
        .inventory
        .insert(&asset(&scope, "Second"), act(), Some(&request))
        .await
        .unwrap();
    assert_eq!(created, Created::Now(()), "the key is free");
});

for_each_store!(of_equal_requests_that_race_one_stores_its_asset, |store| {
    let scope = keeper(&store, "ada").await;
    let request = remembered("");
    let runners = (0..50).map(|number: usize| {
        let (inventory, asset) = (store.inventory.clone(), asset(&scope, &format!("Racer {number}")));
        let request = repeated(&request, &number.to_string());
        async move {
            (
                number,
                inventory
                    .insert(&asset, entering(&asset), Some(&request))
                    .await
                    .unwrap(),
            )
        }
    });
    let outcomes = race(runners).await;
    let stored: Vec<_> = outcomes
        .iter()
        .filter(|(_, created)| *created == Created::Now(()))
        .collect();
    assert_eq!(stored.len(), 1);
    let winner = stored[0].0;
    let answer = Created::Before(winner.to_string().into_bytes());
    assert_eq!(outcomes.iter().filter(|(_, created)| *created == answer).count(), 49);
    let kept = listed(&store, &scope, Listing::default(), 100).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].title.as_str(), format!("Racer {winner}"));
});

for_each_store!(requests_of_other_scopes_are_other_requests, |store| {
    let scope = keeper(&store, "ada").await;
    let request = remembered("kept");
    store
        .inventory
        .insert(&asset(&scope, "First"), act(), Some(&request))
        .await
        .unwrap();
    let mut other = remembered("other");
    other.key.fingerprint = request.key.fingerprint;
    let created = store
        .inventory
        .insert(&asset(&scope, "Second"), act(), Some(&other))
        .await
        .unwrap();
    assert_eq!(created, Created::Now(()));
});
