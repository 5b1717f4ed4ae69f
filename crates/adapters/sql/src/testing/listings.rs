use tenon_assets::{
    AssetTitle, Category, Direction, Filter, Listing, Position, Scope, SearchQuery, Sort, SortKey, Status, Tag,
};
use tenon_kernel::{AssetId, Id, OrganizationId, SiteId, Timestamp, UnitId, UserId};
use uuid::Uuid;

/// A listing and what it is called in a failure.
#[derive(Debug)]
pub struct Case {
    pub scope: Scope,
    pub listing: Listing,
    /// Whether it has no filter.
    pub plain: bool,
}

/// Ids of rows as the plan tests make them: `kind` tells the table, `number` the row.
pub fn id<T>(kind: u8, number: u64) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(
        (u128::from(kind) << 120) | (0x7 << 76) | (0b10 << 62) | u128::from(number),
    ))
}

fn filters() -> Vec<Filter> {
    let none = Filter::default;
    let search = |words| SearchQuery::parse(words).ok();
    vec![
        none(),
        Filter {
            category: Category::parse("category 7").ok(),
            ..none()
        },
        Filter {
            status: Some(Status::Draft),
            ..none()
        },
        Filter {
            site: Some(id::<_>(3, 4) as SiteId),
            ..none()
        },
        Filter {
            unit: Some(id::<_>(4, 4) as UnitId),
            ..none()
        },
        Filter {
            updated_since: Some(Timestamp::from_micros(1_767_225_619_000_000)),
            ..none()
        },
        Filter {
            tag: Tag::parse("tag 7").ok(),
            ..none()
        },
        Filter {
            search: search("word7"),
            ..none()
        },
        Filter {
            search: search("word7 pum"),
            tag: Tag::parse("tag 7").ok(),
            ..none()
        },
    ]
}

/// Every order of both scopes with each filter, its first page and one far behind.
pub fn cases() -> Vec<Case> {
    let organization: OrganizationId = id(1, 1);
    let owner: UserId = id(2, 11);
    let (middle, time): (AssetId, _) = (id(5, 10_000), Timestamp::from_micros(1_767_225_610_000_000));
    let mut cases = Vec::new();
    for key in [SortKey::CreatedAt, SortKey::UpdatedAt, SortKey::Title] {
        let position = match key {
            SortKey::CreatedAt => Position::CreatedAt(middle),
            SortKey::UpdatedAt => Position::UpdatedAt(time, middle),
            SortKey::Title => Position::Title(AssetTitle::parse("title 500").unwrap(), middle),
        };
        for direction in [Direction::Ascending, Direction::Descending] {
            for (owner, after) in [
                (None, None),
                (Some(owner), None),
                (None, Some(position.clone())),
                (Some(owner), Some(position.clone())),
            ] {
                cases.extend(filters().into_iter().map(|filter| Case {
                    scope: Scope { organization, owner },
                    plain: filter == Filter::default(),
                    listing: Listing {
                        filter,
                        sort: Sort { key, direction },
                        after: after.clone(),
                        ..Listing::default()
                    },
                }));
            }
        }
    }
    cases
}
