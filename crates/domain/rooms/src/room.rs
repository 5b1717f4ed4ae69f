use std::fmt;
use std::str::FromStr;

use tenon_kernel::{Invalid, OrganizationId, Principal, SiteId, UnitId, UserId};

/// A place where events are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Room {
    /// Everybody in an organization: `org:{org}`.
    Organization(OrganizationId),
    /// Whoever looks at one of its sites: `org:{org}:site:{site}`.
    Site(OrganizationId, SiteId),
    /// Whoever looks at one of its units: `org:{org}:unit:{unit}`.
    Unit(OrganizationId, UnitId),
    /// One person on all of their devices, and nobody else: `user:{user}`.
    User(UserId),
}

impl Room {
    /// Reads the one form in which a room is written: lower case, ids in their hyphenated form, nothing around it.
    ///
    /// # Errors
    ///
    /// `invalid_room`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            Invalid::new(
                "invalid_room",
                "Must be org:{id}, org:{id}:site:{id}, org:{id}:unit:{id} or user:{id}, in lower case.",
            )
        };
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(invalid());
        }
        Self::read(text).ok_or_else(invalid)
    }

    fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        match kind {
            "user" => Some(Self::User(id(rest)?)),
            "org" => Self::within(rest),
            _ => None,
        }
    }

    fn within(text: &str) -> Option<Self> {
        let Some((organization, place)) = text.split_once(':') else {
            return Some(Self::Organization(id(text)?));
        };
        let organization = id(organization)?;
        let (kind, place) = place.split_once(':')?;
        match kind {
            "site" => Some(Self::Site(organization, id(place)?)),
            "unit" => Some(Self::Unit(organization, id(place)?)),
            _ => None,
        }
    }

    /// The tenant that the room is part of; a person's room is part of none.
    pub const fn organization(&self) -> Option<OrganizationId> {
        match self {
            Self::Organization(organization) | Self::Site(organization, _) | Self::Unit(organization, _) => {
                Some(*organization)
            }
            Self::User(_) => None,
        }
    }

    /// Whether the token of whoever acts reaches the room, if the room exists: it is of their organization, or their own. An API key
    /// has none of its own, and is not let into that of whoever made it.
    pub fn is_open_to(&self, by: &Principal) -> bool {
        match self {
            Self::Organization(organization) | Self::Site(organization, _) | Self::Unit(organization, _) => {
                *organization == by.organization
            }
            Self::User(user) => *user == by.user && by.key.is_none(),
        }
    }
}

impl FromStr for Room {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

fn id<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(organization) => write!(f, "org:{organization}"),
            Self::Site(organization, site) => write!(f, "org:{organization}:site:{site}"),
            Self::Unit(organization, unit) => write!(f, "org:{organization}:unit:{unit}"),
            Self::User(user) => write!(f, "user:{user}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "0198c0de-0000-7000-8000-00000000000a";
    const B: &str = "0198c0de-0000-7000-8000-00000000000b";

    #[test]
    fn rooms_read_back_as_they_print() {
        for text in [
            format!("org:{A}"),
            format!("org:{A}:site:{B}"),
            format!("org:{A}:unit:{B}"),
            format!("user:{A}"),
        ] {
            assert_eq!(Room::parse(&text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn there_is_one_way_to_write_a_room() {
        let (upper, simple) = (A.to_uppercase(), A.replace('-', ""));
        for text in [
            String::new(),
            "org".to_owned(),
            "org:".to_owned(),
            A.to_owned(),
            format!("Org:{A}"),
            format!("org:{upper}"),
            format!("org:{simple}"),
            format!("org:{{{A}}}"),
            format!("org:urn:uuid:{A}"),
            format!(" org:{A}"),
            format!("org:{A} "),
            format!("org:{A}\n"),
            format!("org:{A}\0"),
            format!("org:{A}:"),
            format!("org::{A}"),
            format!("org:{A}:site"),
            format!("org:{A}:site:"),
            format!("org:{A}:site:{B}:"),
            format!("org:{A}:site:{B}:unit:{B}"),
            format!("org:{A}:room:{B}"),
            format!("org:{A}:site:*"),
            format!("org:*:site:{B}"),
            format!("site:{B}"),
            format!("user:{A}:{B}"),
            format!("user:{A}:org:{B}"),
        ] {
            assert_eq!(Room::parse(&text).unwrap_err().code, "invalid_room", "{text:?}");
        }
    }
}
