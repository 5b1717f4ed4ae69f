use tenon_kernel::{Device, Invalid, OrganizationId, SessionId, Timestamp, UserId, Version, line};

/// A name that the user gives one of their devices: 1 to 100 characters, one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionName(String);

impl SessionName {
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

/// One signed-in device. It lives from login until logout, revocation, 7 days without a refresh, or 30 days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identifies the session (`sid` in its access tokens).
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The organization that its next access token will be for.
    pub organization: OrganizationId,
    /// The name the user gave it.
    pub name: Option<SessionName>,
    /// Where it was last seen.
    pub device: Device,
    /// Counts changes of the name.
    pub version: Version,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// The idle end: a refresh moves it.
    pub expires_at: Timestamp,
    /// The absolute end: nothing moves it.
    pub ends_at: Timestamp,
}
