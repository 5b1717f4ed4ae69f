use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use tenon_assets::{Asset, AssetTitle, Direction, Filter, Listing, Position, Scope, SortKey};
use tenon_kernel::{AssetId, Page, Timestamp};

use super::{Conn, Db, owned, planning, search};
use crate::keyset::{After, Before};
use crate::rows::AssetRow;
use crate::schema::assets;
use crate::types::sql;
use crate::types::{At, Key};

pub type Boxed<'a> = assets::BoxedQuery<'a, Db>;

/// A page of assets, beginning at the listing's position.
pub fn list(conn: &mut Conn, scope: &Scope, listing: &Listing) -> QueryResult<Page<Asset, Position>> {
    let limit = i64::try_from(listing.limit.get()).unwrap_or(i64::MAX).saturating_add(1);
    let sorted = match listing.sort.key {
        SortKey::CreatedAt => false,
        SortKey::UpdatedAt | SortKey::Title => owned::are_few(conn, scope)?,
    };
    let found = |conn: &mut Conn| {
        let rows = query(scope, listing, sorted)
            .limit(limit)
            .select(AssetRow::as_select())
            .load(conn)?;
        let total: Option<i64> = match listing.count {
            true => Some(matching(scope, &listing.filter).count().get_result(conn)?),
            false => None,
        };
        Ok((rows, total))
    };
    let (rows, total) = match goes_along_an_index(scope, listing) {
        true => found(conn)?,
        false => planning::for_values(conn, found)?,
    };
    let items = rows
        .into_iter()
        .map(AssetRow::into_asset)
        .collect::<QueryResult<Vec<_>>>()?;
    let total = total.map(|total| u64::try_from(total).unwrap_or(0));
    Ok(Page::cut(items, listing.limit, total, |asset| {
        position(asset, listing.sort.key)
    }))
}

/// Whether an index has just these assets in just this order, however many there are.
fn goes_along_an_index(scope: &Scope, listing: &Listing) -> bool {
    listing.filter == Filter::default() && (scope.owner.is_none() || listing.sort.key == SortKey::CreatedAt)
}

fn position(asset: &Asset, key: SortKey) -> Position {
    match key {
        SortKey::CreatedAt => Position::CreatedAt(asset.id),
        SortKey::UpdatedAt => Position::UpdatedAt(asset.updated_at, asset.id),
        SortKey::Title => Position::Title(asset.title.clone(), asset.id),
    }
}

/// The assets that match, in order, from the position on: found in the order of an index, or else `sorted` when asked for.
pub fn query<'a>(scope: &Scope, listing: &'a Listing, sorted: bool) -> Boxed<'a> {
    let query = matching(scope, &listing.filter);
    let query = match &listing.after {
        // As a value it is nothing that an index could be searched by.
        Some(after) if sorted => query.filter(beyond(after, listing.sort.direction).eq(true)),
        Some(after) => query.filter(beyond(after, listing.sort.direction)),
        None => query,
    };
    if sorted {
        return owned::sort(query, listing.sort);
    }
    match (listing.sort.key, listing.sort.direction) {
        (SortKey::CreatedAt, Direction::Ascending) => query.order(assets::id.asc()),
        (SortKey::CreatedAt, Direction::Descending) => query.order(assets::id.desc()),
        (SortKey::UpdatedAt, Direction::Ascending) => query.order((assets::updated_at.asc(), assets::id.asc())),
        (SortKey::UpdatedAt, Direction::Descending) => query.order((assets::updated_at.desc(), assets::id.desc())),
        (SortKey::Title, Direction::Ascending) => query.order((assets::title.asc(), assets::id.asc())),
        (SortKey::Title, Direction::Descending) => query.order((assets::title.desc(), assets::id.desc())),
    }
}

fn matching<'a>(scope: &Scope, filter: &'a Filter) -> Boxed<'a> {
    let mut query = assets::table
        .filter(assets::organization_id.eq(Key(scope.organization)))
        .into_boxed();
    if let Some(owner) = scope.owner {
        query = query.filter(assets::owner_id.eq(Key(owner)));
    }
    if let Some(category) = &filter.category {
        query = query.filter(assets::category.eq(category.as_str()));
    }
    if let Some(status) = filter.status {
        query = query.filter(assets::status.eq(status.as_str()));
    }
    if let Some(site) = filter.site {
        query = query.filter(assets::site_id.eq(Some(Key(site))));
    }
    if let Some(unit) = filter.unit {
        query = query.filter(assets::unit_id.eq(Some(Key(unit))));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(assets::updated_at.ge(At(since)));
    }
    let words = filter.search.as_ref().map(|search| search.words()).unwrap_or_default();
    search::narrow(query, scope.organization, words, filter.tag.as_ref())
}

type Condition<'a> = Box<dyn BoxableExpression<assets::table, Db, SqlType = Bool> + 'a>;

fn beyond(after: &Position, direction: Direction) -> Condition<'_> {
    let by_update = (assets::updated_at, assets::id);
    let by_title = (assets::title, assets::id);
    match (after, direction) {
        (Position::CreatedAt(id), Direction::Ascending) => Box::new(assets::id.gt(Key(*id))),
        (Position::CreatedAt(id), Direction::Descending) => Box::new(assets::id.lt(Key(*id))),
        (Position::UpdatedAt(at, id), Direction::Ascending) => Box::new(After(by_update, update(*at, *id))),
        (Position::UpdatedAt(at, id), Direction::Descending) => Box::new(Before(by_update, update(*at, *id))),
        (Position::Title(title, id), Direction::Ascending) => Box::new(After(by_title, entitled(title, *id))),
        (Position::Title(title, id), Direction::Descending) => Box::new(Before(by_title, entitled(title, *id))),
    }
}

type Value<T, ST> = diesel::dsl::AsExprOf<T, ST>;

fn update(at: Timestamp, id: AssetId) -> (Value<At, sql::Instant>, Value<Key<AssetId>, sql::Id>) {
    (At(at).into_sql::<sql::Instant>(), Key(id).into_sql::<sql::Id>())
}

fn entitled(title: &AssetTitle, id: AssetId) -> (Value<&str, Text>, Value<Key<AssetId>, sql::Id>) {
    (title.as_str().into_sql::<Text>(), Key(id).into_sql::<sql::Id>())
}
