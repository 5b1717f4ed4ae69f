//! The values that an asset is made of; each parses on construction.

mod attributes;
mod money;
mod tags;
mod text;

pub use attributes::Attributes;
pub use money::{CalendarDay, Money};
pub use tags::{Tag, Tags};
use tenon_kernel::{Invalid, SiteId, UnitId};
pub use text::{AssetTitle, Category, Description};

/// Where an asset is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Entered, not in use yet.
    Draft,
    /// In use.
    Active,
    /// Kept for the record.
    Archived,
}

impl Status {
    /// The name in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// # Errors
    ///
    /// `unknown_value`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "draft" => Ok(Self::Draft),
            "active" => Ok(Self::Active),
            "archived" => Ok(Self::Archived),
            _ => Err(Invalid::new("unknown_value", "Must be draft, active or archived.")),
        }
    }
}

/// Where an asset is: nowhere in particular, at a site, or in a unit of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Placement {
    site: Option<SiteId>,
    unit: Option<UnitId>,
}

impl Placement {
    /// # Errors
    ///
    /// `site_required` for a unit without its site.
    pub fn new(site: Option<SiteId>, unit: Option<UnitId>) -> Result<Self, Invalid> {
        if unit.is_some() && site.is_none() {
            return Err(Invalid::new(
                "site_required",
                "A unit needs the site that it is part of, as siteId.",
            ));
        }
        Ok(Self { site, unit })
    }

    /// The site.
    pub const fn site(self) -> Option<SiteId> {
        self.site
    }

    /// The unit, which is part of the site.
    pub const fn unit(self) -> Option<UnitId> {
        self.unit
    }
}
