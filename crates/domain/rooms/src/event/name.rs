use std::fmt;

use tenon_kernel::Invalid;

/// The name of an event: 1 to 64 letters, digits and `._:-` of ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EventName(Box<str>);

/// What `socket.io-client` tells its application by itself; a room's events arrive there under their own names, so one of
/// these would pass for it (Socket.IO, "Emit cheatsheet", reserved events).
const SOCKET_IO: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// What the server says of itself begins with this.
const OWN: &str = "tenon:";

/// The names of activities begin with one of these.
const ACTIVITIES: [&str; 7] = [
    "asset.",
    "site.",
    "unit.",
    "member.",
    "organization.",
    "session.",
    "graph.",
];

impl EventName {
    /// The most bytes of a name.
    pub const MAX_BYTES: usize = 64;

    /// Reads a name that a client gave.
    ///
    /// # Errors
    ///
    /// `invalid_event`, `reserved_event` for names that only the server or a client's library says.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = Self::known(text)?;
        if SOCKET_IO.contains(&text) || text.starts_with(OWN) || name.is_activity() {
            return Err(Invalid::new("reserved_event", "Is reserved: choose another name."));
        }
        Ok(name)
    }

    /// Reads a name that the server gave or that was stored, which may be a reserved one.
    ///
    /// # Errors
    ///
    /// `invalid_event`.
    pub fn known(text: &str) -> Result<Self, Invalid> {
        let permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        if text.is_empty() || text.len() > Self::MAX_BYTES || !text.bytes().all(permitted) {
            return Err(Invalid::new(
                "invalid_event",
                "Must be 1 to 64 letters, digits, dots, colons, hyphens and underscores.",
            ));
        }
        Ok(Self(text.into()))
    }

    /// Whether it tells of an activity, which nobody but the server does.
    pub fn is_activity(&self) -> bool {
        ACTIVITIES.iter().any(|prefix| self.0.starts_with(prefix))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for text in ["a", "order.created", "A-1_b:c.d", &"x".repeat(64)] {
            assert_eq!(EventName::parse(text).unwrap().as_str(), text);
        }
        for text in ["", " ", "a b", "a\n", "ä", "a/b", "a\"", &"x".repeat(65)] {
            assert_eq!(EventName::parse(text).unwrap_err().code, "invalid_event", "{text}");
        }
    }

    #[test]
    fn clients_cannot_speak_for_the_server_or_for_a_clients_library() {
        for text in [
            "connect",
            "disconnect",
            "newListener",
            "tenon:presence",
            "tenon:",
            "asset.created",
            "session.ended",
            "graph.notification",
        ] {
            assert_eq!(EventName::parse(text).unwrap_err().code, "reserved_event", "{text}");
            assert_eq!(EventName::known(text).unwrap().as_str(), text);
        }
        assert!(EventName::parse("connected").is_ok() && EventName::parse("tenon").is_ok());
    }

    #[test]
    fn activities_are_told_from_other_events() {
        let is_activity = |text| EventName::known(text).unwrap().is_activity();
        assert!(is_activity("asset.created") && is_activity("graph.notification"));
        assert!(!is_activity("asset") && !is_activity("tenon:drain") && !is_activity("order.created"));
    }
}
