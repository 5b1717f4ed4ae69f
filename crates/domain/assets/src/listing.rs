use tenon_kernel::{AssetId, Limit, SiteId, Timestamp, UnitId};

use crate::search::SearchQuery;
use crate::values::{AssetTitle, Category, Status, Tag};

/// What a listing is ordered by; the id decides between equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// When it was entered. Ids order by creation, so this is the order of ids.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// The title, by the code points of its characters.
    Title,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The oldest, or A.
    Ascending,
    /// The newest, or Z.
    Descending,
}

/// The order of a listing; the newest first unless asked otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Which end first.
    pub direction: Direction,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            key: SortKey::CreatedAt,
            direction: Direction::Descending,
        }
    }
}

/// Which assets a listing holds: those that meet every condition given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this category.
    pub category: Option<Category>,
    /// In this state.
    pub status: Option<Status>,
    /// With this label.
    pub tag: Option<Tag>,
    /// At this site, units included.
    pub site: Option<SiteId>,
    /// In this unit.
    pub unit: Option<UnitId>,
    /// Changed at this time or later.
    pub updated_since: Option<Timestamp>,
    /// With these words in title or description.
    pub search: Option<SearchQuery>,
}

/// Where in a listing an asset stands. Fits only the sort key that it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// By creation.
    CreatedAt(AssetId),
    /// By change.
    UpdatedAt(Timestamp, AssetId),
    /// By title.
    Title(AssetTitle, AssetId),
}

impl Position {
    /// The sort key that the position fits.
    pub const fn key(&self) -> SortKey {
        match self {
            Self::CreatedAt(_) => SortKey::CreatedAt,
            Self::UpdatedAt(..) => SortKey::UpdatedAt,
            Self::Title(..) => SortKey::Title,
        }
    }
}

/// A page of assets that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Which assets.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// At most this many.
    pub limit: Limit,
    /// Only what comes after this position; from the beginning without it. MUST fit `sort.key`.
    pub after: Option<Position>,
    /// Whether the number of all matching assets is wanted too. It costs in proportion to that number.
    pub count: bool,
}
