//! Listings that are read while others insert and delete.

use std::collections::BTreeSet;

use tenon_assets::{Direction, Listing, Scope, Sort, SortKey};
use tenon_kernel::{AssetId, Expected, Limit};
use tenon_sql::Store;
use tenon_tests::accounts::act;
use tenon_tests::assets::{all, colleague, keep, keeper, listed};
use tenon_tests::for_each_store;
use tenon_tests::random::Random;

/// Both directions of every order.
pub fn sorts() -> impl Iterator<Item = Sort> {
    let keys = [SortKey::CreatedAt, SortKey::UpdatedAt, SortKey::Title];
    keys.into_iter()
        .flat_map(|key| [Direction::Ascending, Direction::Descending].map(|direction| Sort { key, direction }))
}

/// Somebody who inserts and deletes assets of the scope before, between and behind the others.
struct Disturber {
    random: Random,
    there: Vec<AssetId>,
}

impl Disturber {
    fn title(random: &mut Random) -> String {
        let beginning = random.pick(&["0", "a", "M", "m", "Z", "z", "é", "🦉"]);
        format!("{beginning} {}", random.below(1_000))
    }

    async fn disturb(&mut self, store: &Store, scope: &Scope) {
        for _ in 0..3 {
            let title = Self::title(&mut self.random);
            self.there.push(keep(store, scope, &title).await.id);
        }
        while self.there.len() > 10 {
            let gone = self.there.swap_remove(self.random.below(self.there.len()));
            store.inventory.delete(scope, gone, Expected::Any, act()).await.unwrap();
        }
    }
}

for_each_store!(an_asset_that_is_there_all_the_while_is_listed_exactly_once, |store| {
    let own = keeper(&store, "ada").await;
    let other = colleague(&store, own.organization, "bob").await;
    let random = Random::seeded(3);
    let mut disturber = Disturber {
        random,
        there: Vec::new(),
    };
    let mut staying = BTreeSet::new();
    for number in 0..60 {
        let title = Disturber::title(&mut disturber.random);
        staying.insert(keep(&store, &own, &title).await.id);
        if number % 2 == 0 {
            keep(&store, &other, "Of another").await;
        }
    }
    for sort in sorts() {
        for scope in [own, all(own.organization)] {
            let mut listing = Listing {
                sort,
                limit: Limit::new(4).unwrap(),
                ..Listing::default()
            };
            let mut seen = Vec::new();
            loop {
                let page = store.inventory.list(&scope, &listing).await.unwrap();
                seen.extend(page.items.iter().map(|asset| asset.id));
                listing.after = page.next;
                // A listing by creation from the oldest on never ends while there are newer ones.
                if listing.after.is_none() || seen.len() > 200 {
                    break;
                }
                disturber.disturb(&store, &own).await;
            }
            let unique: BTreeSet<AssetId> = seen.iter().copied().collect();
            assert_eq!(unique.len(), seen.len(), "{sort:?}: nothing comes twice");
            assert!(staying.is_subset(&unique), "{sort:?}: nothing is left out");
        }
    }
});

for_each_store!(pages_are_full_and_the_last_one_names_no_next, |store| {
    let scope = keeper(&store, "ada").await;
    for number in 0..6 {
        keep(&store, &scope, &format!("Same {}", number / 3)).await;
    }
    for sort in sorts() {
        let mut listing = Listing {
            sort,
            limit: Limit::new(3).unwrap(),
            count: true,
            ..Listing::default()
        };
        let first = store.inventory.list(&scope, &listing).await.unwrap();
        assert_eq!((first.items.len(), first.total), (3, Some(6)));
        listing.after = first.next;
        listing.count = false;
        assert!(listing.after.as_ref().is_some_and(|next| next.key() == sort.key));
        let second = store.inventory.list(&scope, &listing).await.unwrap();
        assert_eq!((second.items.len(), second.next, second.total), (3, None, None));
    }
});

for_each_store!(a_position_whose_asset_is_gone_still_holds, |store| {
    let scope = keeper(&store, "ada").await;
    for title in ["b", "a", "c", "a"] {
        keep(&store, &scope, title).await;
    }
    for sort in sorts() {
        let mut listing = Listing {
            sort,
            ..Listing::default()
        };
        let everything = listed(&store, &scope, listing.clone(), 10).await;
        listing.limit = Limit::new(2).unwrap();
        let page = store.inventory.list(&scope, &listing).await.unwrap();
        store
            .inventory
            .delete(&scope, page.items[1].id, Expected::Any, act())
            .await
            .unwrap();
        listing.after = page.next;
        let rest = listed(&store, &scope, listing, 10).await;
        assert_eq!(rest, everything[2..]);
        store.inventory.insert(&page.items[1], act(), None).await.unwrap();
    }
});
