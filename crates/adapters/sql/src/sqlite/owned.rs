//! One owner's assets by title or by update, which only an organization's assets have an index for: two more would cost every
//! create as much as all others do.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Untyped;
use tenon_assets::{Direction, Scope, Sort, SortKey};
use tenon_kernel::AssetId;

use super::Conn;
use super::repositories::Boxed;
use crate::schema::assets;
use crate::types::Key;

/// So many are sorted in some milliseconds.
const FEW: i64 = 5_000;

/// Whether the scope is of an owner with so few assets that they are sorted when asked for. Whoever has more has a part of the
/// organization's index that a page is soon found in, as long as the organization is not thousands of times larger.
pub fn are_few(conn: &mut Conn, scope: &Scope) -> QueryResult<bool> {
    let Some(owner) = scope.owner else {
        return Ok(false);
    };
    let beyond: Option<Key<AssetId>> = assets::table
        .filter(assets::organization_id.eq(Key(scope.organization)))
        .filter(assets::owner_id.eq(Key(owner)))
        .select(assets::id)
        .offset(FEW)
        .first(conn)
        .optional()?;
    Ok(beyond.is_none())
}

/// Sorts what is found by its owner: the unary operator keeps SQLite from an index for the order (SQLite manual, The Query
/// Optimizer Overview, section 4).
pub fn sort<'a>(query: Boxed<'a>, sort: Sort) -> Boxed<'a> {
    query.order(sql::<Untyped>(match (sort.key, sort.direction) {
        (SortKey::CreatedAt, Direction::Ascending) => "id",
        (SortKey::CreatedAt, Direction::Descending) => "id DESC",
        (SortKey::UpdatedAt, Direction::Ascending) => "+updated_at, id",
        (SortKey::UpdatedAt, Direction::Descending) => "+updated_at DESC, id DESC",
        (SortKey::Title, Direction::Ascending) => "+title, id",
        (SortKey::Title, Direction::Descending) => "+title DESC, id DESC",
    }))
}
