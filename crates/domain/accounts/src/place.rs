use tenon_kernel::{Invalid, OrganizationId, SiteId, Timestamp, UnitId, Version, line};

/// The name of a site or a unit: 1 to 100 characters, one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceName(String);

impl PlaceName {
    /// # Errors
    ///
    /// `required`, `too_long`, `invalid_characters`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 100).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A place of an organization: a building, a plant, a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Identifies the site.
    pub id: SiteId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What people call it.
    pub name: PlaceName,
    /// Counts changes.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A part of a site: a floor, a line, a room. It stays in its site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Identifies the unit.
    pub id: UnitId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The site it is part of.
    pub site: SiteId,
    /// What people call it.
    pub name: PlaceName,
    /// Counts changes.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a new unit is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitDraft {
    /// The site that it becomes part of.
    pub site: SiteId,
    /// Its name.
    pub name: PlaceName,
}
