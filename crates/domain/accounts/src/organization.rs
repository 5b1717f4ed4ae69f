use tenon_kernel::{Invalid, OrganizationId, Role, Timestamp, UserId, Version, line};

use crate::{DisplayName, Email};

/// An organization's name: 1 to 100 characters, one line. Names need not be unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationName(String);

impl OrganizationName {
    /// # Errors
    ///
    /// `required`, `too_long`, `invalid_characters`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 100).map(Self)
    }

    /// The organization that a person gets who names none.
    pub fn of_person(person: &DisplayName) -> Self {
        let name: String = person.as_str().chars().take(85).collect();
        Self(format!("{name}'s team"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Leads the key of everything the tenant owns.
    pub id: OrganizationId,
    /// What people call it.
    pub name: OrganizationName,
    /// Counts changes.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A user's place in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub organization: Organization,
    /// What the user may do there.
    pub role: Role,
}

/// A member as the others of the organization see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedMember {
    /// Who.
    pub user: UserId,
    /// Their address.
    pub email: Email,
    /// Their name.
    pub display_name: DisplayName,
    /// What they may do.
    pub role: Role,
    /// Counts changes of the membership.
    pub version: Version,
    /// When they joined.
    pub created_at: Timestamp,
    /// When the role last changed.
    pub updated_at: Timestamp,
}
