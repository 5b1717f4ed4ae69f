use serde::Deserialize;
use tenon_assets::{
    Asset, AssetTitle, Category, Direction, Filter, Listing, Position, Scope, SearchQuery, Sort, SortKey, Tag,
};
use tenon_kernel::{Invalid, Page, Principal, Timestamp};
use utoipa::IntoParams;

use super::{AssetView, StatusName, status};
use crate::cursor::Binding;
use crate::dto::page::{limit_and_count, read_id};
use crate::dto::{Check, PageView, id};
use crate::error::{ApiError, INVALID_CURSOR};
use crate::reply::{Answer, Reply};

/// The parameters of a listing of assets: those that meet every condition given.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct AssetQuery {
    /// Of this category.
    #[param(min_length = 1, max_length = 100)]
    category: Option<String>,
    /// In this state.
    #[param(value_type = Option<StatusName>)]
    status: Option<String>,
    /// With this label.
    #[param(min_length = 1, max_length = 50)]
    tag: Option<String>,
    /// At this site, its units included.
    #[param(value_type = Option<Uuid>)]
    site_id: Option<String>,
    /// In this unit.
    #[param(value_type = Option<Uuid>)]
    unit_id: Option<String>,
    /// Changed at this time or later (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    updated_since: Option<String>,
    /// With words in title or description that begin with each of these: 1 to 8.
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// `createdAt`, `updatedAt` or `title`; with `-` in front, backwards.
    #[param(value_type = Option<String>, default = "-createdAt", pattern = "^-?(createdAt|updatedAt|title)$")]
    sort: Option<String>,
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 1368)]
    cursor: Option<String>,
    /// Whether to count all matching assets too.
    #[param(value_type = Option<bool>, default = false)]
    count: Option<String>,
}

impl AssetQuery {
    pub fn listing(&self, binding: &Binding) -> Result<Listing, ApiError> {
        let mut check = Check::query();
        let filter = Filter {
            category: check.optional("category", self.category.as_deref(), Category::parse),
            status: check.optional("status", self.status.as_deref(), status),
            tag: check.optional("tag", self.tag.as_deref(), Tag::parse),
            site: check.optional("siteId", self.site_id.as_deref(), id),
            unit: check.optional("unitId", self.unit_id.as_deref(), id),
            updated_since: check.optional("updatedSince", self.updated_since.as_deref(), Timestamp::parse),
            search: check.optional("q", self.q.as_deref(), SearchQuery::parse),
        };
        let sort = check.optional("sort", self.sort.as_deref(), sort).unwrap_or_default();
        let (limit, count) = limit_and_count(&mut check, self.limit.as_deref(), self.count.as_deref());
        check.finish(|| Some(()))?;
        let after = self
            .cursor
            .as_deref()
            .map(|cursor| read_position(sort.key, &binding.read(cursor)?))
            .transpose()?;
        Ok(Listing {
            filter,
            sort,
            limit,
            after,
            count,
        })
    }

    /// What the cursors of this listing fit.
    pub fn binding(&self, by: &Principal) -> Binding {
        let scope = Scope::of(by);
        Binding::new("assets")
            .with(scope.organization.as_bytes())
            .maybe(scope.owner.as_ref().map(|owner| owner.as_bytes()))
            .maybe(self.sort.as_deref().or(Some("-createdAt")))
            .maybe(self.category.as_deref())
            .maybe(self.status.as_deref())
            .maybe(self.tag.as_deref())
            .maybe(self.site_id.as_deref())
            .maybe(self.unit_id.as_deref())
            .maybe(self.updated_since.as_deref())
            .maybe(self.q.as_deref())
    }
}

fn sort(text: &str) -> Result<Sort, Invalid> {
    let (direction, name) = match text.strip_prefix('-') {
        Some(name) => (Direction::Descending, name),
        None => (Direction::Ascending, text),
    };
    let key = match name {
        "createdAt" => SortKey::CreatedAt,
        "updatedAt" => SortKey::UpdatedAt,
        "title" => SortKey::Title,
        _ => {
            let message = "Must be createdAt, updatedAt or title, with or without `-` in front.";
            return Err(Invalid::new("unknown_value", message));
        }
    };
    Ok(Sort { key, direction })
}

/// Answers with a page of assets.
pub(crate) fn answer(page: &Page<Asset, Position>, binding: &Binding) -> Answer {
    let next = page
        .next
        .as_ref()
        .map(|position| binding.write(&write_position(position)));
    let size = 256 + page.items.iter().map(AssetView::size).sum::<usize>();
    let view = PageView::new(&page.items, next, page.total, AssetView::of);
    Ok(Reply::sized(actix_web::http::StatusCode::OK, size, &view)?.into_response())
}

/// What a cursor holds of a position.
pub(crate) fn write_position(position: &Position) -> Vec<u8> {
    match position {
        Position::CreatedAt(id) => id.as_bytes().to_vec(),
        Position::UpdatedAt(time, id) => [id.as_bytes().as_slice(), &time.as_micros().to_be_bytes()].concat(),
        Position::Title(title, id) => [id.as_bytes().as_slice(), title.as_str().as_bytes()].concat(),
    }
}

/// The position that a cursor of this order holds.
pub(crate) fn read_position(key: SortKey, position: &[u8]) -> Result<Position, ApiError> {
    let invalid = || ApiError::new(&INVALID_CURSOR);
    let (id, rest) = position.split_at_checked(16).ok_or_else(invalid)?;
    let id = read_id(id)?;
    match key {
        SortKey::CreatedAt if rest.is_empty() => Ok(Position::CreatedAt(id)),
        SortKey::CreatedAt => Err(invalid()),
        SortKey::UpdatedAt => {
            let micros = rest.try_into().map(i64::from_be_bytes).map_err(|_| invalid())?;
            Ok(Position::UpdatedAt(Timestamp::from_micros(micros), id))
        }
        SortKey::Title => {
            let title = std::str::from_utf8(rest)
                .ok()
                .and_then(|text| AssetTitle::parse(text).ok());
            Ok(Position::Title(title.ok_or_else(invalid)?, id))
        }
    }
}

#[cfg(test)]
mod tests {
    use tenon_kernel::Id;

    use super::*;

    #[test]
    fn positions_of_every_order_read_back() {
        let id = Id::at(Timestamp::from_micros(1_800_000_000_000_000));
        let longest = AssetTitle::parse(&"\u{1f9ed}".repeat(200)).unwrap();
        let positions = [
            Position::CreatedAt(id),
            Position::UpdatedAt(Timestamp::from_micros(-5), id),
            Position::Title(longest, id),
        ];
        let binding = Binding::new("assets");
        for position in positions {
            let cursor = binding.write(&write_position(&position));
            assert_eq!(
                read_position(position.key(), &binding.read(&cursor).unwrap()).unwrap(),
                position
            );
        }
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let query = AssetQuery {
            limit: Some("101".into()),
            sort: Some("-price".into()),
            site_id: Some("x".into()),
            updated_since: Some("yesterday".into()),
            count: Some("1".into()),
            ..AssetQuery::default()
        };
        let error = query.listing(&Binding::new("assets")).unwrap_err();
        let fields: Vec<&str> = error.fields().iter().map(|field| field.field.as_ref()).collect();
        assert_eq!(error.kind().code, "invalid_parameter");
        assert_eq!(fields, ["siteId", "updatedSince", "sort", "limit", "count"]);
    }
}
