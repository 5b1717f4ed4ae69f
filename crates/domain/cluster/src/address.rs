use std::fmt;

use tenon_kernel::Invalid;
use url::Url;

/// Where a node is, and how it is tried: `tcp://host:port` or `host:port` by a connection, `http://…` and `https://…` by a GET.
///
/// It is shown as it is, so that one with a user or a password in it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAddress(Url);

impl NodeAddress {
    /// # Errors
    ///
    /// `invalid_address` for everything else, `credentials_in_address`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("tcp://{text}")
        };
        let url = Url::parse(&whole).ok().filter(is_of_a_node).ok_or_else(invalid)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid::new(
                "credentials_in_address",
                "Must not have a user or a password in it, because it is shown.",
            ));
        }
        Ok(Self(url))
    }

    /// The host and the port to connect to; nothing when it is tried by HTTP.
    pub fn tcp(&self) -> Option<(&str, u16)> {
        if self.0.scheme() != "tcp" {
            return None;
        }
        let host = self.0.host_str()?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        Some((bare.unwrap_or(host), self.0.port()?))
    }

    /// As a URL.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for NodeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_of_a_node(url: &Url) -> bool {
    let has_host = url.host_str().is_some_and(|host| !host.is_empty()) && url.port() != Some(0);
    let is_whole = match url.scheme() {
        "http" | "https" => true,
        "tcp" => url.port().is_some() && matches!(url.path(), "") && url.query().is_none(),
        _ => false,
    };
    has_host && is_whole && url.fragment().is_none()
}

fn invalid() -> Invalid {
    Invalid::new(
        "invalid_address",
        "Must be host:port, tcp://host:port, http://host/path or https://host/path.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_a_port_are_tried_by_a_connection() {
        for (text, host, port) in [
            ("db.example:5432", "db.example", 5432),
            ("tcp://10.0.0.7:9100", "10.0.0.7", 9100),
            ("[::1]:80", "::1", 80),
        ] {
            let address = NodeAddress::parse(text).unwrap();
            assert_eq!(address.tcp(), Some((host, port)), "{text}");
            assert_eq!(NodeAddress::parse(address.as_str()), Ok(address), "{text}");
        }
    }

    #[test]
    fn a_url_is_tried_by_a_get() {
        for text in [
            "http://gate.example/health",
            "https://[::1]:8443/",
            "http://gate.example/?deep=1",
        ] {
            let address = NodeAddress::parse(text).unwrap();
            assert_eq!(address.tcp(), None);
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn what_cannot_be_tried_is_no_address() {
        let texts = [
            "",
            "db.example",
            "db.example:",
            "db.example:0",
            "db.example:65536",
            ":5432",
            "tcp://db.example",
            "tcp://db.example:1/path",
            "tcp://db.example:1?a=b",
            "ftp://db.example/",
            "http://",
            "http://a b/",
            "http://gate.example/#top",
            "http://gate.example:0/",
        ];
        for text in texts {
            assert_eq!(NodeAddress::parse(text).unwrap_err().code, "invalid_address", "{text}");
        }
    }

    #[test]
    fn an_address_shows_no_credentials() {
        for text in [
            "http://me@gate.example/",
            "https://:secret@gate.example/",
            "me:secret@db.example:5432",
        ] {
            assert_eq!(
                NodeAddress::parse(text).unwrap_err().code,
                "credentials_in_address",
                "{text}"
            );
        }
    }
}
