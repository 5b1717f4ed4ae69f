use tenon_kernel::{Invalid, Timestamp, UserId, Version, line};

use crate::{Email, PasswordHash};

/// The name that others see: 1 to 100 characters, one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
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

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Identifies the person for good.
    pub id: UserId,
    /// What they sign in with.
    pub email: Email,
    /// What others see.
    pub display_name: DisplayName,
    /// Since when nobody may sign in as them, if so.
    pub disabled_at: Option<Timestamp>,
    /// Counts changes of the profile.
    pub version: Version,
    /// When they registered.
    pub created_at: Timestamp,
    /// When the profile last changed.
    pub updated_at: Timestamp,
}

/// A user with what only signing in needs.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person.
    pub user: User,
    /// The hash of their password.
    pub password: PasswordHash,
}
