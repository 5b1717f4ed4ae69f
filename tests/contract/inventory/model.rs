//! Listings of many random assets, compared with the same in memory.

use tenon_assets::{
    Asset, AssetTitle, Category, Description, Direction, Filter, Listing, Placement, Scope, SearchQuery, Sort, SortKey,
    Status, Tag, Tags, words,
};
use tenon_kernel::{Expected, Limit, Timestamp};
use tenon_tests::accounts::{site, unit};
use tenon_tests::assets::{all, asset, colleague, keeper, listed};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::random::Random;

use super::paging::sorts;

const WORDS: [&str; 16] = [
    "pump",
    "Pumps",
    "PUMPE",
    "Ölpumpe",
    "O'Neill's",
    "main",
    "mainly",
    "日本",
    "日本語",
    "Привет",
    "naïve",
    "7b",
    "7",
    "it's",
    "a",
    "Z",
];
const TAGS: [&str; 7] = ["red", "Red", "it's \"x\"", "back\\slash", "日本", "a & b:*", "100%_"];
const CATEGORIES: [&str; 4] = ["general", "pumps", "Pumps", "o'ther"];
const STATUSES: [Status; 3] = [Status::Draft, Status::Active, Status::Archived];

fn phrase(random: &mut Random, most: usize) -> String {
    let words: Vec<&str> = (0..=random.below(most)).map(|_| random.pick(&WORDS)).collect();
    words.join(random.pick(&[" ", ", ", " - "]))
}

/// Everything about the asset that a listing looks at, anew.
fn shuffled(random: &mut Random, asset: Asset, placements: &[Placement]) -> Asset {
    let tags: Vec<&str> = TAGS.into_iter().filter(|_| random.one_in(4)).collect();
    Asset {
        title: AssetTitle::parse(&phrase(random, 3)).unwrap(),
        description: Description::parse(&phrase(random, 6)).unwrap(),
        category: Category::parse(random.pick(&CATEGORIES)).unwrap(),
        status: random.pick(&STATUSES),
        tags: Tags::parse(&tags).unwrap(),
        placement: random.pick(placements),
        ..asset
    }
}

fn filter(random: &mut Random, placements: &[Placement], times: &[Timestamp]) -> Filter {
    let placement = random.pick(placements);
    Filter {
        category: random
            .one_in(4)
            .then(|| Category::parse(random.pick(&CATEGORIES)).unwrap()),
        status: random.one_in(4).then(|| random.pick(&STATUSES)),
        tag: random.one_in(4).then(|| Tag::parse(random.pick(&TAGS)).unwrap()),
        site: placement.site().filter(|_| random.one_in(2)),
        unit: placement.unit().filter(|_| random.one_in(2)),
        updated_since: random.one_in(4).then(|| random.pick(times)),
        search: random
            .one_in(3)
            .then(|| SearchQuery::parse(&phrase(random, 2)).unwrap()),
    }
}

fn matches(asset: &Asset, scope: &Scope, filter: &Filter) -> bool {
    let own_words = words([asset.title.as_str(), asset.description.as_str()]);
    let begins = |wanted: &String| own_words.iter().any(|word| word.starts_with(wanted.as_str()));
    asset.organization == scope.organization
        && scope.owner.is_none_or(|owner| asset.owner == owner)
        && filter
            .category
            .as_ref()
            .is_none_or(|category| asset.category == *category)
        && filter.status.is_none_or(|status| asset.status == status)
        && filter
            .tag
            .as_ref()
            .is_none_or(|tag| asset.tags.iter().any(|own| own == tag.as_str()))
        && filter.site.is_none_or(|site| asset.placement.site() == Some(site))
        && filter.unit.is_none_or(|unit| asset.placement.unit() == Some(unit))
        && filter.updated_since.is_none_or(|since| asset.updated_at >= since)
        && filter
            .search
            .as_ref()
            .is_none_or(|query| query.words().iter().all(begins))
}

fn expected(assets: &[Asset], scope: &Scope, filter: &Filter, sort: Sort) -> Vec<Asset> {
    let mut matching: Vec<Asset> = assets
        .iter()
        .filter(|asset| matches(asset, scope, filter))
        .cloned()
        .collect();
    match sort.key {
        SortKey::CreatedAt => matching.sort_by_key(|asset| asset.id),
        SortKey::UpdatedAt => matching.sort_by_key(|asset| (asset.updated_at, asset.id)),
        SortKey::Title => matching.sort_by(|one, other| (&one.title, one.id).cmp(&(&other.title, other.id))),
    }
    if sort.direction == Direction::Descending {
        matching.reverse();
    }
    matching
}

for_each_store!(every_listing_is_what_the_same_in_memory_is, |store| {
    let ada = keeper(&store, "ada").await;
    let bob = colleague(&store, ada.organization, "bob").await;
    let eve = keeper(&store, "eve").await;
    let mut random = Random::seeded(20_261_121);
    let mut placements = vec![Placement::default()];
    for name in ["Hall", "Yard"] {
        let site = site(ada.organization, name);
        store.sites.create(&site, None).await.unwrap();
        placements.push(Placement::new(Some(site.id), None).unwrap());
        let unit = unit(ada.organization, site.id, "Room");
        store.units.create(&unit, None).await.unwrap();
        placements.push(Placement::new(Some(site.id), Some(unit.id)).unwrap());
    }
    let mut assets: Vec<Asset> = Vec::new();
    for _ in 0..160 {
        let owner = random.pick(&[ada, ada, bob, eve]);
        let placements = if owner == eve { &placements[..1] } else { &placements };
        let mut new = shuffled(&mut random, asset(&owner, "x"), placements);
        if let Some(same) = assets.last().filter(|_| random.one_in(3)) {
            new.updated_at = same.updated_at;
        }
        store.inventory.insert(&new, None).await.unwrap();
        assets.push(new);
        let index = random.below(assets.len());
        let (organization, of) = (all(assets[index].organization), assets[index].organization);
        if random.one_in(4) {
            let placements = if of == eve.organization {
                &placements[..1]
            } else {
                &placements
            };
            let changed = Asset {
                version: assets[index].version.next(),
                updated_at: moment(),
                ..shuffled(&mut random, assets[index].clone(), placements)
            };
            store.inventory.replace(&organization, &changed).await.unwrap();
            assets[index] = changed;
        } else if random.one_in(6) {
            let gone = assets.swap_remove(index);
            store
                .inventory
                .delete(&organization, gone.id, Expected::Exactly(gone.version))
                .await
                .unwrap();
        }
    }

    let times: Vec<Timestamp> = assets.iter().map(|asset| asset.updated_at).collect();
    let mut results = 0;
    for sort in sorts() {
        for number in 0..40 {
            let scope = random.pick(&[ada, bob, eve, all(ada.organization), all(eve.organization)]);
            let filter = match number {
                0 => Filter::default(),
                _ => filter(&mut random, &placements, &times),
            };
            let expected = expected(&assets, &scope, &filter, sort);
            let size = 1 + random.below(20) as u64;
            let listing = Listing {
                filter,
                sort,
                count: true,
                limit: Limit::new(1).unwrap(),
                after: None,
            };
            let counted = store.inventory.list(&scope, &listing).await.unwrap();
            assert_eq!(counted.total, Some(expected.len() as u64), "{listing:?}");
            assert_eq!(
                listed(&store, &scope, listing.clone(), size).await,
                expected,
                "{listing:?}"
            );
            results += expected.len();
        }
    }
    assert!(results > 1_000, "the filters leave enough to compare: {results}");
});
