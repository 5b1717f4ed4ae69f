//! Assets: what an organization owns, kept by whoever entered it.

mod asset;
mod errors;
mod inventory;
mod listing;
mod search;
mod service;
mod values;

pub use asset::{Asset, AssetDraft, AssetPatch};
pub use errors::{ChangeAssetError, CreateAssetError, ReadAssetError};
pub use inventory::{InsertError, Inventory, ReplaceError, Scope};
pub use listing::{Direction, Filter, Listing, Position, Sort, SortKey};
pub use search::{SearchQuery, Words, words};
pub use service::Assets;
pub use values::{AssetTitle, Attributes, CalendarDay, Category, Description, Money, Placement, Status, Tag, Tags};
