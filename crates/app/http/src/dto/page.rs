use serde::{Deserialize, Serialize};
use tenon_kernel::{Id, Invalid, Limit, Page, PageRequest};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Check;
use crate::cursor::Binding;
use crate::error::{ApiError, INVALID_CURSOR};
use crate::reply::{self, Answer};

/// The parameters of a listing with a fixed order.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 1368)]
    pub cursor: Option<String>,
    /// Whether to count all items too.
    #[param(value_type = Option<bool>, default = false)]
    pub count: Option<String>,
}

/// A page of a listing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageView<T> {
    /// In the order of the listing.
    items: Vec<T>,
    /// Give it as `cursor` to get the next page; `null` on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// The number of all items, with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total: Option<u64>,
}

/// The limit of a page, and whether to count.
pub(crate) fn limit_and_count(check: &mut Check, limit: Option<&str>, count: Option<&str>) -> (Limit, bool) {
    let not_a_number = |_| Invalid::new("invalid_number", "Must be a whole number.");
    let limit = check.optional("limit", limit, |text| Limit::new(text.parse().map_err(not_a_number)?));
    let count = check.optional("count", count, |text| match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Invalid::new("invalid_boolean", "Must be true or false.")),
    });
    (limit.unwrap_or_default(), count.unwrap_or_default())
}

impl PageQuery {
    /// The page that is asked for, of the listing that `binding` stands for.
    pub fn request<T>(&self, binding: &Binding) -> Result<PageRequest<Id<T>>, ApiError> {
        let mut check = Check::query();
        let (limit, count) = limit_and_count(&mut check, self.limit.as_deref(), self.count.as_deref());
        check.finish(|| Some(()))?;
        let after = self
            .cursor
            .as_deref()
            .map(|cursor| read_id(&binding.read(cursor)?))
            .transpose()?;
        Ok(PageRequest { limit, after, count })
    }
}

/// The id that a position consists of.
pub(crate) fn read_id<T>(position: &[u8]) -> Result<Id<T>, ApiError> {
    let uuid = Uuid::from_slice(position).map_err(|_| ApiError::new(&INVALID_CURSOR))?;
    Ok(Id::from_uuid(uuid))
}

/// Answers with a page whose positions are ids.
pub(crate) fn answer<'a, T, K, V: Serialize>(
    page: &'a Page<T, Id<K>>,
    binding: &Binding,
    view: impl Fn(&'a T) -> V,
) -> Answer {
    let next = page.next.map(|id| binding.write(id.uuid().as_bytes()));
    reply::ok(&PageView::new(&page.items, next, page.total, view))
}

impl<V> PageView<V> {
    /// The page of `items` as `view` shows each.
    pub fn new<'a, T>(items: &'a [T], next: Option<String>, total: Option<u64>, view: impl Fn(&'a T) -> V) -> Self {
        Self {
            items: items.iter().map(view).collect(),
            next_cursor: next,
            total,
        }
    }
}
