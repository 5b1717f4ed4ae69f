//! Listings of many random assets, compared with the same in memory.

use tenon_assets::{
    Asset, AssetTitle, Category, Description, Direction, Filter, Listing, Placement, Scope, SearchQuery, Sort, SortKey,
    Status, Tag, Tags, words,
};
use tenon_kernel::{Expected, Limit, Timestamp};
use tenon_sql::Store;
use tenon_tests::accounts::{act, site, somebody, unit};
use tenon_tests::assets::{all, asset, colleague, entering, keeper, listed};
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

/// Three people in two organizations, with what they keep.
struct World {
    ada: Scope,
    bob: Scope,
    eve: Scope,
    placements: Vec<Placement>,
    assets: Vec<Asset>,
}

impl World {
    async fn empty(store: &Store) -> Self {
        let ada = keeper(store, "ada").await;
        let mut placements = vec![Placement::default()];
        for name in ["Hall", "Yard"] {
            let site = site(ada.organization, name);
            store.sites.create(&site, somebody(), None).await.unwrap();
            placements.push(Placement::new(Some(site.id), None).unwrap());
            let unit = unit(ada.organization, site.id, "Room");
            store.units.create(&unit, somebody(), None).await.unwrap();
            placements.push(Placement::new(Some(site.id), Some(unit.id)).unwrap());
        }
        Self {
            ada,
            bob: colleague(store, ada.organization, "bob").await,
            eve: keeper(store, "eve").await,
            placements,
            assets: Vec::new(),
        }
    }

    /// Only the first organization has sites.
    fn places(&self, scope: &Scope) -> &[Placement] {
        match scope.organization == self.eve.organization {
            true => &self.placements[..1],
            false => &self.placements,
        }
    }

    async fn insert(&mut self, store: &Store, random: &mut Random) {
        let owner = random.pick(&[self.ada, self.ada, self.bob, self.eve]);
        let mut new = shuffled(random, asset(&owner, "x"), self.places(&owner));
        if let Some(same) = self.assets.last().filter(|_| random.one_in(3)) {
            new.updated_at = same.updated_at;
        }
        store.inventory.insert(&new, entering(&new), None).await.unwrap();
        self.assets.push(new);
    }

    /// Replaces or deletes one of all assets, or leaves it alone.
    async fn change(&mut self, store: &Store, random: &mut Random) {
        let index = random.below(self.assets.len());
        let scope = all(self.assets[index].organization);
        if random.one_in(4) {
            let changed = Asset {
                version: self.assets[index].version.next(),
                updated_at: moment(),
                ..shuffled(random, self.assets[index].clone(), self.places(&scope))
            };
            let before = &self.assets[index];
            store.inventory.replace(&scope, before, &changed, act()).await.unwrap();
            self.assets[index] = changed;
        } else if random.one_in(6) {
            let gone = self.assets.swap_remove(index);
            let expected = Expected::Exactly(gone.version);
            store.inventory.delete(&scope, gone.id, expected, act()).await.unwrap();
        }
    }
}

for_each_store!(every_listing_is_what_the_same_in_memory_is, |store| {
    let mut random = Random::seeded(20_261_121);
    let mut world = World::empty(&store).await;
    for _ in 0..160 {
        world.insert(&store, &mut random).await;
        world.change(&store, &mut random).await;
    }
    let (ada, bob, eve) = (world.ada, world.bob, world.eve);
    let scopes = [ada, bob, eve, all(ada.organization), all(eve.organization)];
    let times: Vec<Timestamp> = world.assets.iter().map(|asset| asset.updated_at).collect();
    let mut results = 0;
    for sort in sorts() {
        for number in 0..40 {
            let scope = random.pick(&scopes);
            let filter = match number {
                0 => Filter::default(),
                _ => filter(&mut random, &world.placements, &times),
            };
            let expected = expected(&world.assets, &scope, &filter, sort);
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
