use std::net::IpAddr;
use std::num::NonZeroU32;

use ipnet::IpNet;
use url::{Host, Url};

use super::reader::Reader;

/// How much may be asked.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests a minute to routes that take credentials.
    pub auth_per_minute: NonZeroU32,
    /// Requests a minute to the other API routes.
    pub api_per_minute: NonZeroU32,
    /// Connections of Socket.IO that an address may open in a minute.
    pub connections_per_minute: NonZeroU32,
    /// Messages that one user may send in a second.
    pub messages_per_second: NonZeroU32,
    /// Messages that may wait for one user in an organization.
    pub messages_waiting: NonZeroU32,
    /// Times that a user may change keys in a minute.
    pub key_changes_per_minute: NonZeroU32,
    /// Prekeys that a user may claim in a minute.
    pub claims_per_minute: NonZeroU32,
    /// Claims a minute of the prekeys of one user.
    pub claims_of_target_per_minute: NonZeroU32,
    /// The largest body, in bytes.
    pub body_bytes: usize,
}

/// Which pages may use the API.
#[derive(Debug, Clone)]
pub struct Cors {
    /// As browsers send them.
    pub origins: Vec<String>,
}

/// Whom to believe about the address of a client.
#[derive(Debug, Clone)]
pub struct Proxies {
    /// Their networks.
    pub trusted: Vec<IpNet>,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let auth = reader.number("limits.auth_per_minute", NonZeroU32::MIN..=NonZeroU32::MAX);
        let api = reader.number("limits.api_per_minute", NonZeroU32::MIN..=NonZeroU32::MAX);
        let connections = reader.number("limits.connections_per_minute", NonZeroU32::MIN..=NonZeroU32::MAX);
        let messages_per_second = reader.number("limits.messages_per_second", NonZeroU32::MIN..=NonZeroU32::MAX);
        let messages_waiting = reader.number("limits.messages_waiting", NonZeroU32::MIN..=NonZeroU32::MAX);
        let key_changes = reader.number("limits.key_changes_per_minute", NonZeroU32::MIN..=NonZeroU32::MAX);
        let claims = reader.number("limits.claims_per_minute", NonZeroU32::MIN..=NonZeroU32::MAX);
        let of_target = reader.number("limits.claims_of_target_per_minute", NonZeroU32::MIN..=NonZeroU32::MAX);
        let body_bytes = reader.number("limits.body_bytes", 1024..=1024 * 1024 * 1024);
        Some(Self {
            auth_per_minute: auth?,
            api_per_minute: api?,
            connections_per_minute: connections?,
            messages_per_second: messages_per_second?,
            messages_waiting: messages_waiting?,
            key_changes_per_minute: key_changes?,
            claims_per_minute: claims?,
            claims_of_target_per_minute: of_target?,
            body_bytes: body_bytes?,
        })
    }
}

impl Cors {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "an origin such as https://app.example.org; there are no wildcards and no paths";
        Some(Self {
            origins: reader.list("cors.origins", expected, browser_origin)?,
        })
    }
}

impl Proxies {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a network such as 10.0.0.0/8, or an address";
        let network = |text: &str| {
            text.parse()
                .ok()
                .or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)))
        };
        Some(Self {
            trusted: reader.list("proxies.trusted", expected, network)?,
        })
    }
}

/// The origin as a browser serializes it (RFC 6454, section 6.2): in lower case, without a usual port or a slash.
fn browser_origin(text: &str) -> Option<String> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| ["https", "http"].contains(&url.scheme()))?;
    let only_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let named = match url.host()? {
        Host::Domain(name) => !name.contains('*'),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    let anonymous = url.username().is_empty() && url.password().is_none();
    (only_origin && named && anonymous).then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for (text, origin) in [
            ("https://App.Example.org", "https://app.example.org"),
            ("https://app.example.org:443/", "https://app.example.org"),
            ("http://localhost:5173", "http://localhost:5173"),
        ] {
            assert_eq!(browser_origin(text).as_deref(), Some(origin));
        }
        for text in [
            "*",
            "https://*.example.org",
            "null",
            "app.example.org",
            "https://a.org/app",
            "https://u@a.org",
        ] {
            assert_eq!(browser_origin(text), None, "{text}");
        }
    }
}
