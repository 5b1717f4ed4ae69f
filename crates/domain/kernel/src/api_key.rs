use std::fmt;
use std::str::FromStr;

use crate::{ApiKeyId, OrganizationId, Principal, Role, UserId};

/// What an API key may be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyScope {
    /// Reads every asset of the organization.
    ReadAssets,
    /// Creates, changes and deletes assets.
    WriteAssets,
    /// Emits events to the rooms of the organization and to its members.
    PublishEvents,
    /// Reads the rooms of the organization: their past, who is there, and what happened in the organization.
    ReadRooms,
    /// Reads sites and units.
    ReadPlaces,
}

/// The text names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such scope")]
pub struct UnknownScope;

impl KeyScope {
    /// Every scope, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::ReadAssets,
        Self::WriteAssets,
        Self::PublishEvents,
        Self::ReadRooms,
        Self::ReadPlaces,
    ];

    /// The name in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadAssets => "assets:read",
            Self::WriteAssets => "assets:write",
            Self::PublishEvents => "events:publish",
            Self::ReadRooms => "rooms:read",
            Self::ReadPlaces => "places:read",
        }
    }
}

impl FromStr for KeyScope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let named = |scope: &Self| scope.as_str() == text;
        Self::ALL.into_iter().find(named).ok_or(UnknownScope)
    }
}

impl fmt::Display for KeyScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyScopes(u8);

impl KeyScopes {
    /// Whether the scope is among them.
    pub const fn has(self, scope: KeyScope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`KeyScope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = KeyScope> {
        KeyScope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<KeyScope> for KeyScopes {
    fn from_iter<I: IntoIterator<Item = KeyScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | (1 << scope as u8)))
    }
}

/// A server that holds an API key. It acts as an admin of the organization where its scopes reach, in the name of whoever made
/// the key, and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHolder {
    /// The key.
    pub key: ApiKeyId,
    /// Whose key it is.
    pub organization: OrganizationId,
    /// Who made the key: what it creates is theirs.
    pub creator: UserId,
    /// What the key may be used for.
    pub scopes: KeyScopes,
}

impl KeyHolder {
    /// Whoever acts with the key, to be asked about its scopes before.
    pub const fn principal(&self) -> Principal {
        Principal {
            user: self.creator,
            organization: self.organization,
            role: Role::Admin,
            key: Some(self.key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_as_they_print() {
        for scope in KeyScope::ALL {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for text in ["", "assets", "assets:*", "Assets:read", "assets:read "] {
            assert_eq!(text.parse::<KeyScope>(), Err(UnknownScope), "{text}");
        }
    }

    #[test]
    fn a_set_has_what_was_put_into_it_once_and_in_order() {
        let scopes: KeyScopes = [KeyScope::ReadPlaces, KeyScope::ReadAssets, KeyScope::ReadPlaces]
            .into_iter()
            .collect();
        assert!(scopes.has(KeyScope::ReadAssets) && !scopes.has(KeyScope::WriteAssets));
        let all: Vec<KeyScope> = scopes.iter().collect();
        assert_eq!(all, [KeyScope::ReadAssets, KeyScope::ReadPlaces]);
        assert!(KeyScopes::default().is_empty() && !scopes.is_empty());
    }
}
