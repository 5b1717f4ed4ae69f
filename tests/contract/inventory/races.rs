//! Reads and changes by many at once.

use tenon_assets::{Asset, ReplaceError, Scope};
use tenon_kernel::Expected;
use tenon_tests::accounts::act;
use tenon_tests::assets::{all, colleague, keep, keeper, retitled};
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};

use super::{FIRST, found};

for_each_store!(of_fifty_replacements_of_one_version_one_succeeds, |store| {
    let scope = keeper(&store, "ada").await;
    let first = keep(&store, &scope, "Pump").await;
    let runners = (0..50).map(|number| {
        let (inventory, first) = (store.inventory.clone(), first.clone());
        let replacement = retitled(&first, &format!("Pump {number}"));
        async move {
            inventory
                .replace(&scope, &first, &replacement, act())
                .await
                .map(|()| replacement)
        }
    });
    let (won, lost): (Vec<_>, Vec<_>) = race(runners).await.into_iter().partition(Result::is_ok);
    let [Ok(winner)] = &won[..] else {
        panic!("one of all replacements succeeds")
    };
    let stale =
        |outcome: &Result<Asset, _>| matches!(outcome, Err(ReplaceError::Stale(version)) if *version == winner.version);
    assert!(lost.iter().all(stale));
    assert_eq!(found(&store, &scope, &first).await.as_ref(), Some(winner));
    assert_eq!(lost.len(), 49);
});

for_each_store!(replacements_that_are_tried_anew_are_all_made, |store| {
    let scope = keeper(&store, "ada").await;
    let first = keep(&store, &scope, "Pump").await;
    let runners = (0..8).map(|number| {
        let (inventory, id) = (store.inventory.clone(), first.id);
        async move {
            for attempt in 0.. {
                let current = inventory.find(&scope, id).await.unwrap().unwrap();
                let replacement = retitled(&current, &format!("By {number}, attempt {attempt}"));
                match inventory.replace(&scope, &current, &replacement, act()).await {
                    Ok(()) => return,
                    Err(ReplaceError::Stale(_)) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        }
    });
    race(runners).await;
    assert_eq!(found(&store, &scope, &first).await.unwrap().version.get(), 9);
});

for_each_store!(an_asset_that_many_replace_and_delete_is_deleted_once, |store| {
    let scope = keeper(&store, "ada").await;
    for expected in [FIRST, Expected::Any] {
        let first = keep(&store, &scope, "Pump").await;
        let runners = (0..20).map(|number| {
            let (inventory, first) = (store.inventory.clone(), first.clone());
            let replacement = retitled(&first, "Replaced");
            runner(async move {
                let outcome = match number % 2 {
                    0 => inventory.replace(&scope, &first, &replacement, act()).await,
                    _ => inventory.delete(&scope, replacement.id, expected, act()).await,
                };
                let refused = matches!(outcome, Err(ReplaceError::NotFound | ReplaceError::Stale(_)));
                assert!(outcome.is_ok() || refused, "{outcome:?}");
                (number % 2 == 1, outcome)
            })
        });
        let outcomes = race(runners).await;
        let deleted = outcomes
            .iter()
            .filter(|(deletes, outcome)| *deletes && outcome.is_ok())
            .count();
        let replaced = outcomes
            .iter()
            .filter(|(deletes, outcome)| !*deletes && outcome.is_ok())
            .count();
        match expected {
            Expected::Any => {
                assert_eq!((deleted, found(&store, &scope, &first).await), (1, None));
                let stale = |(deletes, outcome): &(bool, _)| *deletes && matches!(outcome, Err(ReplaceError::Stale(_)));
                assert!(!outcomes.iter().any(stale), "a deletion of any version is never stale");
            }
            Expected::Exactly(_) => {
                assert_eq!(deleted + replaced, 1);
                assert_eq!(found(&store, &scope, &first).await.is_some(), replaced == 1);
            }
        }
    }
});

for_each_store!(
    of_many_replacements_at_once_each_is_made_or_refused_for_itself,
    |store| {
        let ada = keeper(&store, "ada").await;
        let bob = colleague(&store, ada.organization, "bob").await;
        let mut asked = Vec::new();
        for number in 0..60 {
            let kept = keep(&store, &ada, &format!("Pump {number}")).await;
            let changed = retitled(&kept, &format!("Main pump {number}"));
            match number % 4 {
                0 => store.inventory.delete(&ada, kept.id, FIRST, act()).await.unwrap(),
                1 => store.inventory.replace(&ada, &kept, &changed, act()).await.unwrap(),
                _ => {}
            }
            asked.push((number, kept, changed));
        }
        let runners = asked.iter().cloned().map(|(number, kept, changed)| {
            let inventory = store.inventory.clone();
            let scope = if number % 4 == 2 { bob } else { ada };
            async move { inventory.replace(&scope, &kept, &changed, act()).await }
        });
        let outcomes = race(runners).await;
        for ((number, kept, changed), outcome) in asked.iter().zip(outcomes) {
            match number % 4 {
                0 | 2 => assert!(matches!(outcome, Err(ReplaceError::NotFound)), "{number}"),
                1 => assert!(matches!(outcome, Err(ReplaceError::Stale(version)) if version == changed.version)),
                _ => outcome.unwrap(),
            }
            let expected = match number % 4 {
                0 => None,
                2 => Some(kept.clone()),
                _ => Some(changed.clone()),
            };
            assert_eq!(found(&store, &ada, kept).await, expected, "{number}");
        }
    }
);

for_each_store!(of_many_who_read_at_once_each_gets_what_is_its_own, |store| {
    let ada = keeper(&store, "ada").await;
    let bob = colleague(&store, ada.organization, "bob").await;
    let eve = keeper(&store, "eve").await;
    let mut kept = Vec::new();
    for scope in [ada, bob, eve] {
        for number in 0..5 {
            kept.push((scope, keep(&store, &scope, &format!("Pump {number}")).await));
        }
    }
    let gone = kept.swap_remove(0).1;
    store.inventory.delete(&ada, gone.id, FIRST, act()).await.unwrap();
    // Each asset by each, and the one that is gone; so several ask for the same.
    let ids: Vec<_> = kept.iter().map(|(_, asset)| asset.id).chain([gone.id]).collect();
    let scopes = [ada, bob, eve, all(ada.organization), all(eve.organization)];
    let questions: Vec<_> = scopes
        .iter()
        .flat_map(|scope| ids.iter().map(move |id| (*scope, *id)))
        .collect();
    let runners = questions.iter().map(|&(scope, id)| {
        let inventory = store.inventory.clone();
        async move { inventory.find(&scope, id).await.unwrap() }
    });
    let answers = race(runners).await;
    for ((scope, id), answer) in questions.iter().zip(answers) {
        let is_own = |(owner, asset): &&(Scope, Asset)| {
            asset.id == *id && asset.organization == scope.organization && scope.owner.is_none_or(|_| owner == scope)
        };
        let expected = kept.iter().find(is_own).map(|(_, asset)| asset.clone());
        assert_eq!(answer, expected, "{id} for {scope:?}");
    }
});
