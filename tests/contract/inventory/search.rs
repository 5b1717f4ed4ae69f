//! What assets are found by.

use tenon_assets::{Asset, Description, Filter, Listing, Scope, SearchQuery, Tag, Tags};
use tenon_kernel::Expected;
use tenon_sql::Store;
use tenon_tests::accounts::act;
use tenon_tests::assets::{all, asset, colleague, entering, keep, keeper, listed, retitled};
use tenon_tests::for_each_store;

use super::text::LINES;

async fn titles(store: &Store, scope: &Scope, filter: Filter) -> Vec<String> {
    let listing = Listing {
        filter,
        ..Listing::default()
    };
    let found = listed(store, scope, listing, 2).await;
    let mut titles: Vec<String> = found.iter().map(|asset| asset.title.as_str().to_owned()).collect();
    titles.sort_unstable();
    titles
}

async fn with_words(store: &Store, scope: &Scope, words: &str) -> Vec<String> {
    let filter = Filter {
        search: Some(SearchQuery::parse(words).unwrap()),
        ..Filter::default()
    };
    titles(store, scope, filter).await
}

async fn with_tag(store: &Store, scope: &Scope, tag: &str) -> Vec<String> {
    let filter = Filter {
        tag: Some(Tag::parse(tag).unwrap()),
        ..Filter::default()
    };
    titles(store, scope, filter).await
}

for_each_store!(
    a_search_finds_words_by_their_beginnings_in_title_and_description,
    |store| {
        let scope = keeper(&store, "ada").await;
        keep(&store, &scope, "Main PUMPS").await;
        let mut described = asset(&scope, "Valve");
        described.description = Description::parse("beside the main\npump's housing").unwrap();
        store
            .inventory
            .insert(&described, entering(&described), None)
            .await
            .unwrap();
        keep(&store, &scope, "Mainly unpumped").await;

        assert_eq!(with_words(&store, &scope, "pump").await, ["Main PUMPS", "Valve"]);
        assert_eq!(with_words(&store, &scope, "PUMP Main").await, ["Main PUMPS", "Valve"]);
        assert_eq!(with_words(&store, &scope, "mainl").await, ["Mainly unpumped"]);
        assert_eq!(with_words(&store, &scope, "pumps main").await, ["Main PUMPS"]);
        assert_eq!(with_words(&store, &scope, "ma p h").await, ["Valve"]);
        assert!(with_words(&store, &scope, "umps").await.is_empty());
        assert!(with_words(&store, &scope, "pumpss").await.is_empty());
    }
);

for_each_store!(whatever_is_written_is_found_by_its_words_and_its_tags, |store| {
    let scope = keeper(&store, "ada").await;
    for line in LINES {
        let mut written = asset(&scope, line);
        written.tags = Tags::parse(&[line]).unwrap();
        store
            .inventory
            .insert(&written, entering(&written), None)
            .await
            .unwrap();
    }
    for line in LINES {
        assert_eq!(with_tag(&store, &scope, line).await, [line]);
        let Ok(query) = SearchQuery::parse(line) else { continue };
        for word in query.words() {
            let found = with_words(&store, &scope, word).await;
            assert!(found.iter().any(|title| title == line), "{line} by {word}");
        }
        if query.words().len() > 1 {
            assert!(with_words(&store, &scope, line).await.iter().any(|title| title == line));
        }
    }
});

for_each_store!(no_sign_in_a_search_or_a_tag_has_a_meaning, |store| {
    let scope = keeper(&store, "ada").await;
    keep(&store, &scope, "alpha beta").await;
    let mut tagged = asset(&scope, "gamma");
    tagged.tags = Tags::parse(&["alpha"]).unwrap();
    store.inventory.insert(&tagged, entering(&tagged), None).await.unwrap();

    for nothing in ["alpha' | 'gamma", "alpha | gamma", "!alpha gamma", "alpha <-> gamma"] {
        assert!(with_words(&store, &scope, nothing).await.is_empty(), "{nothing}");
    }
    for all_the_same in ["alp:*", "%alpha", "alpha\\", "'alpha'", "#alpha", "(alpha)"] {
        let expected: &[&str] = match SearchQuery::parse(all_the_same).unwrap().words().len() {
            1 => &["alpha beta"],
            _ => &[],
        };
        assert_eq!(
            with_words(&store, &scope, all_the_same).await,
            expected,
            "{all_the_same}"
        );
    }
    for no_tag in [
        "alph",
        "alpha:*",
        "al%",
        "al_ha",
        "Alpha",
        "alpha' | '",
        "#alpha",
        "gamma",
    ] {
        assert!(with_tag(&store, &scope, no_tag).await.is_empty(), "{no_tag}");
    }
    assert_eq!(with_tag(&store, &scope, "alpha").await, ["gamma"]);
});

for_each_store!(words_that_differ_in_a_sign_alone_are_different_words, |store| {
    let scope = keeper(&store, "ada").await;
    let titles = [
        "x_y", "x.y", "x'y", "x:y", "x’y", "xǃy", "xǂy", "xy", "1.5", "1,5", "15", "1_5",
    ];
    for title in titles {
        assert_eq!(SearchQuery::parse(title).unwrap().words(), [title]);
        keep(&store, &scope, title).await;
    }
    for title in titles {
        assert_eq!(with_words(&store, &scope, title).await, [title]);
    }
});

for_each_store!(a_word_is_not_taken_for_a_tag_nor_a_tag_for_a_word, |store| {
    let scope = keeper(&store, "ada").await;
    let mut tagged = asset(&scope, "Tagged");
    tagged.tags = Tags::parse(&["abc"]).unwrap();
    store.inventory.insert(&tagged, entering(&tagged), None).await.unwrap();
    keep(&store, &scope, "abc ǂ616263 x616263 616263").await;
    for word in ["ǂ61", "ǂ616263", "616263", "abc"] {
        let found = with_words(&store, &scope, word).await;
        assert_eq!(found, ["abc ǂ616263 x616263 616263"], "{word}");
    }
    assert_eq!(with_tag(&store, &scope, "abc").await, ["Tagged"]);
});

for_each_store!(a_replaced_asset_is_found_by_what_it_is_now, |store| {
    let scope = keeper(&store, "ada").await;
    let mut before = asset(&scope, "First pump");
    before.tags = Tags::parse(&["red", "old"]).unwrap();
    store.inventory.insert(&before, entering(&before), None).await.unwrap();
    let after = Asset {
        tags: Tags::parse(&["red", "new"]).unwrap(),
        ..retitled(&before, "Second pump")
    };
    store.inventory.replace(&scope, &before, &after, act()).await.unwrap();
    for (word, found) in [("first", 0), ("second", 1), ("pump", 1)] {
        assert_eq!(with_words(&store, &scope, word).await.len(), found, "{word}");
    }
    for (tag, found) in [("old", 0), ("new", 1), ("red", 1)] {
        assert_eq!(with_tag(&store, &scope, tag).await.len(), found, "{tag}");
    }
    store
        .inventory
        .delete(&scope, after.id, Expected::Any, act())
        .await
        .unwrap();
    assert!(with_words(&store, &scope, "pump").await.is_empty());
    assert!(with_tag(&store, &scope, "red").await.is_empty());
    store.inventory.insert(&before, entering(&before), None).await.unwrap();
    assert_eq!(with_words(&store, &scope, "first").await, ["First pump"]);
});

for_each_store!(a_search_stays_within_the_scope, |store| {
    let ada = keeper(&store, "ada").await;
    let bob = colleague(&store, ada.organization, "bob").await;
    let eve = keeper(&store, "eve").await;
    for (scope, title) in [(&ada, "Pump of Ada"), (&bob, "Pump of Bob"), (&eve, "Pump of Eve")] {
        let mut tagged = asset(scope, title);
        tagged.tags = Tags::parse(&["red"]).unwrap();
        store.inventory.insert(&tagged, entering(&tagged), None).await.unwrap();
    }
    let cases: [(Scope, &[&str]); 4] = [
        (ada, &["Pump of Ada"]),
        (bob, &["Pump of Bob"]),
        (all(ada.organization), &["Pump of Ada", "Pump of Bob"]),
        (all(eve.organization), &["Pump of Eve"]),
    ];
    for (scope, expected) in cases {
        assert_eq!(with_words(&store, &scope, "pump").await, expected);
        assert_eq!(with_tag(&store, &scope, "red").await, expected);
    }
});
