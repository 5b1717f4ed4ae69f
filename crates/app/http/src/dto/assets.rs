//! Assets on the wire.

mod draft;
mod listing;
mod patch;
mod view;

pub(crate) use draft::NewAsset;
pub(crate) use listing::{AssetQuery, answer, read_position, write_position};
pub(crate) use patch::AssetChange;
pub(crate) use view::AssetView;

use serde::{Deserialize, Serialize};
use tenon_assets::{Money, Status};
use tenon_kernel::Invalid;
use utoipa::ToSchema;

/// An amount of money in the minor units of a currency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneyBody {
    /// Minor units: cents, where the currency has them.
    #[schema(example = 1999)]
    amount: i64,
    /// ISO 4217.
    #[schema(example = "EUR", pattern = "^[A-Z]{3}$")]
    currency: String,
}

impl MoneyBody {
    fn parse(self) -> Result<Money, Invalid> {
        Money::new(self.amount, &self.currency)
    }
}

/// An amount of money in the minor units of a currency.
#[derive(Serialize, ToSchema)]
struct MoneyView<'a> {
    amount: i64,
    currency: &'a str,
}

/// Where an asset is in its life.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes the values of a string")]
pub(crate) enum StatusName {
    Draft,
    Active,
    Archived,
}

fn status(text: impl AsRef<str>) -> Result<Status, Invalid> {
    Status::parse(text.as_ref())
}
