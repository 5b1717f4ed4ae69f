//! Listings of assets: filters, orders, search, and walks through pages.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenon_tests::app::{Person, id};
use tenon_tests::for_each_setup;
use tenon_tests::race::race;

/// Whether an asset meets a filter.
type Meets<'a> = dyn Fn(&Value) -> bool + 'a;

const WORDS: [&str; 6] = ["pump", "valve", "motor", "crane", "Ölpumpe", "main"];

/// Some hundred assets, a few at the same time, every one with another mix of properties.
async fn stock(person: &Person, count: usize, site: &str, unit: &str) {
    let lanes = (0..4).map(|lane| {
        let (person, site, unit) = (person.clone(), site.to_owned(), unit.to_owned());
        async move {
            for number in (lane..count).step_by(4) {
                let mut body = json!({
                    "title": format!("{} {:03}", WORDS[number % 6], number * 7 % count),
                    "description": format!("bought by {}", WORDS[number % 5]),
                    "category": (["a", "b", "c"][number % 3]),
                    "status": (["draft", "active", "archived"][number / 3 % 3]),
                    "tags": (0..number % 4).map(|tag| format!("t{tag}")).collect::<Vec<_>>(),
                });
                if number % 2 == 0 {
                    body["siteId"] = json!(site);
                }
                if number % 4 == 0 {
                    body["unitId"] = json!(unit);
                }
                person.create_asset(&body).await.expect(201);
            }
        }
    });
    race(lanes).await;
}

fn ids(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(id).collect()
}

fn has_words(asset: &Value, prefixes: &[&str]) -> bool {
    let text = format!(
        "{} {}",
        asset["title"].as_str().unwrap(),
        asset["description"].as_str().unwrap()
    )
    .to_lowercase();
    prefixes
        .iter()
        .all(|prefix| text.split(' ').any(|word| word.starts_with(prefix)))
}

for_each_setup!(
    filters_orders_and_search_find_what_a_scan_of_everything_finds,
    |setup| {
        let app = setup.start().await;
        let (ada, eve) = (app.register("ada").await, app.register("eve").await);
        let site = ada.made_site(&ada.organization, "North").await;
        let unit = ada.made_unit(&ada.organization, &site, "Hall").await;
        stock(&ada, 240, &site, &unit).await;
        eve.made_asset("pump of another").await;
        let all = ada.all("/api/assets?limit=100").await;
        assert_eq!(ids(&all).len(), 240);
        let middle = all[120]["updatedAt"].as_str().unwrap().to_owned();
        let filters: Vec<(String, Box<Meets>)> = vec![
            ("category=b".into(), Box::new(|asset| asset["category"] == "b")),
            ("status=draft".into(), Box::new(|asset| asset["status"] == "draft")),
            (
                "tag=t2".into(),
                Box::new(|asset| asset["tags"].as_array().unwrap().contains(&json!("t2"))),
            ),
            (format!("siteId={site}"), Box::new(|asset| !asset["siteId"].is_null())),
            (format!("unitId={unit}"), Box::new(|asset| !asset["unitId"].is_null())),
            (
                format!("updatedSince={middle}"),
                Box::new(|asset| asset["updatedAt"].as_str() >= Some(middle.as_str())),
            ),
            ("q=pum".into(), Box::new(|asset| has_words(asset, &["pum"]))),
            (
                "q=MAIN+bought".into(),
                Box::new(|asset| has_words(asset, &["main", "bought"])),
            ),
            ("q=%C3%B6lp".into(), Box::new(|asset| has_words(asset, &["ölp"]))),
            ("q=nothing".into(), Box::new(|_| false)),
            (
                "category=b&status=active&tag=t1".into(),
                Box::new(|asset| {
                    asset["category"] == "b"
                        && asset["status"] == "active"
                        && asset["tags"].as_array().unwrap().len() > 1
                }),
            ),
            (
                format!("siteId={site}&q=valve&status=archived"),
                Box::new(|asset| {
                    !asset["siteId"].is_null() && asset["status"] == "archived" && has_words(asset, &["valve"])
                }),
            ),
            ("category=none".into(), Box::new(|_| false)),
        ];
        for (query, meets) in &filters {
            let expected: Vec<Value> = all.iter().filter(|asset| meets(asset)).cloned().collect();
            let found = ada.all(&format!("/api/assets?limit=7&{query}")).await;
            assert_eq!(found, expected, "{query}: newest first");
            let page = ada.page(&format!("/api/assets?limit=1&count=true&{query}")).await;
            assert_eq!(page.total, Some(expected.len() as u64), "{query}");
        }
    }
);

for_each_setup!(every_order_walks_every_asset_once, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let site = ada.made_site(&ada.organization, "North").await;
    let unit = ada.made_unit(&ada.organization, &site, "Hall").await;
    stock(&ada, 60, &site, &unit).await;
    for number in 0..8 {
        ada.made_asset("Same title").await;
        ada.made_asset(&format!("ä{number}")).await;
    }
    let touched = ada.all("/api/assets?limit=100").await;
    for asset in touched.iter().step_by(9) {
        ada.change_asset(&id(asset), "*", &json!({ "status": "draft" }))
            .await
            .expect(200);
    }
    for (name, key) in [("createdAt", "id"), ("updatedAt", "updatedAt"), ("title", "title")] {
        let mut expected: Vec<(String, String)> = ada
            .all("/api/assets?limit=100")
            .await
            .iter()
            .map(|asset| (asset[key].as_str().unwrap().to_owned(), id(asset)))
            .collect();
        expected.sort();
        for (sort, limit) in [(name.to_owned(), 1), (name.to_owned(), 13), (format!("-{name}"), 13)] {
            let found = ada.all(&format!("/api/assets?sort={sort}&limit={limit}")).await;
            let found: Vec<(String, String)> = found
                .iter()
                .map(|asset| (asset[key].as_str().unwrap().to_owned(), id(asset)))
                .collect();
            assert_eq!(found, expected, "{sort}");
            if limit == 13 {
                expected.reverse();
            }
        }
    }
});

for_each_setup!(a_walk_is_stable_while_others_insert_and_delete, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut kept = BTreeSet::new();
    let mut doomed = Vec::new();
    for number in 0..40 {
        let asset = ada.made_asset(&format!("Asset {number}")).await;
        if number % 3 == 0 {
            doomed.push(asset);
        } else {
            kept.insert(asset);
        }
    }
    for sort in ["-createdAt", "title"] {
        let path = format!("/api/assets?sort={sort}&limit=5");
        let mut page = ada.page(&path).await;
        let mut seen: Vec<String> = page.items.iter().map(id).collect();
        while let Some(cursor) = page.next {
            if let Some(asset) = doomed.pop() {
                ada.delete_asset(&asset, "*").await.expect(204);
            }
            ada.made_asset("Asset 00").await;
            page = ada.page(&format!("{path}&cursor={cursor}")).await;
            seen.extend(page.items.iter().map(id));
        }
        let unique: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(unique.len(), seen.len(), "{sort}: nothing twice");
        assert!(unique.is_superset(&kept), "{sort}: nothing missing");
    }
});

for_each_setup!(
    a_page_says_where_the_next_one_begins_and_the_last_one_says_null,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let empty = ada.assets("").await.expect(200).json();
        assert_eq!(empty, json!({ "items": [], "nextCursor": null }));
        for number in 0..21 {
            ada.made_asset(&format!("Asset {number}")).await;
        }
        let first = ada.page("/api/assets").await;
        assert_eq!((first.items.len(), first.total), (20, None));
        let second = ada.page(&format!("/api/assets?cursor={}", first.next.unwrap())).await;
        assert_eq!((second.items.len(), second.next), (1, None));
        let exactly = ada.page("/api/assets?limit=21&count=true").await;
        assert_eq!((exactly.next, exactly.total), (None, Some(21)));
    }
);

for_each_setup!(a_cursor_fits_only_the_listing_it_came_from, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let other = ada.take_in(&app.register("bob").await, "admin").await;
    let (member, eve) = (
        ada.take_in(&app.register("kim").await, "member").await,
        app.register("eve").await,
    );
    for _ in 0..3 {
        ada.made_asset("Pump").await;
        member.made_asset("Pump").await;
        eve.made_asset("Pump").await;
    }
    let cursor = ada.page("/api/assets?limit=1&category=general").await.next.unwrap();
    let with = |query: &str| format!("/api/assets?limit=1&cursor={cursor}{query}");
    other.get(&with("&category=general")).await.expect(200);
    ada.get(&with("&category=general&count=true")).await.expect(200);
    for query in [
        "",
        "&category=other",
        "&category=general&sort=title",
        "&category=general&status=active",
    ] {
        ada.get(&with(query)).await.problem(400, "invalid_cursor");
    }
    member
        .get(&with("&category=general"))
        .await
        .problem(400, "invalid_cursor");
    eve.get(&with("&category=general")).await.problem(400, "invalid_cursor");
    let ordered = ada.page("/api/assets?limit=1&sort=title").await.next.unwrap();
    ada.get(&format!("/api/assets?sort=-title&cursor={ordered}"))
        .await
        .problem(400, "invalid_cursor");
});
