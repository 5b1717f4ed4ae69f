//! Where a request came from.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::http::header::{HeaderMap, HeaderName, X_FORWARDED_FOR};
use ipnet::IpNet;

static CF_CONNECTING_IP: HeaderName = HeaderName::from_static("cf-connecting-ip");

/// The client's address: the peer's, unless the peer is a trusted proxy. Then the last entry of `X-Forwarded-For` that is
/// no trusted proxy itself, because whoever is before that one can write what they like; without that header,
/// `CF-Connecting-IP`.
pub(crate) fn address(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = peer?.ip().to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    if !headers.contains_key(X_FORWARDED_FOR) {
        let forwarded = headers
            .get(&CF_CONNECTING_IP)
            .and_then(|value| value.to_str().ok())
            .and_then(parse);
        return Some(forwarded.unwrap_or(peer));
    }
    let mut nearest = peer;
    let lines: Vec<&str> = headers
        .get_all(X_FORWARDED_FOR)
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        match parse(entry) {
            Some(address) if is_trusted(&address) => nearest = address,
            Some(address) => return Some(address),
            None => break,
        }
    }
    Some(nearest)
}

/// An address, with or without a port.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// What requests are counted by: an IPv4 address, or the 64 bits that a subscriber of IPv6 is given.
pub(crate) struct Network(pub Option<IpAddr>);

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("unknown"),
            Some(IpAddr::V4(address)) => address.fmt(f),
            Some(IpAddr::V6(address)) => {
                let network = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
                write!(f, "{network}/64")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn seen(peer: &str, forwarded: &[&str], cloudflare: Option<&str>) -> String {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        if let Some(text) = cloudflare {
            headers.insert(CF_CONNECTING_IP.clone(), HeaderValue::from_str(text).unwrap());
        }
        address(Some(peer.parse().unwrap()), &headers, &trusted)
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_their_address() {
        assert_eq!(
            seen("203.0.113.9:1", &["198.51.100.1"], Some("198.51.100.2")),
            "203.0.113.9"
        );
    }

    #[test]
    fn behind_trusted_proxies_the_last_stranger_counts() {
        assert_eq!(
            seen("10.0.0.1:1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"], None),
            "198.51.100.1"
        );
        assert_eq!(
            seen("10.0.0.1:1", &["1.1.1.1", "198.51.100.1:4711"], None),
            "198.51.100.1"
        );
        assert_eq!(seen("[::1]:1", &["[2001:db8::1]:80"], None), "2001:db8::1");
    }

    #[test]
    fn an_entry_that_is_no_address_ends_the_search() {
        assert_eq!(
            seen("10.0.0.1:1", &["198.51.100.1, unknown, 10.0.0.2"], None),
            "10.0.0.2"
        );
        assert_eq!(seen("10.0.0.1:1", &[""], Some("198.51.100.1")), "10.0.0.1");
    }

    #[test]
    fn cloudflares_header_counts_from_a_trusted_proxy_that_sends_no_other() {
        assert_eq!(seen("10.0.0.1:1", &[], Some("198.51.100.1")), "198.51.100.1");
        assert_eq!(
            seen("10.0.0.1:1", &["198.51.100.7"], Some("198.51.100.1")),
            "198.51.100.7"
        );
        assert_eq!(seen("10.0.0.1:1", &[], None), "10.0.0.1");
    }

    #[test]
    fn version_4_addresses_inside_version_6_are_the_same_client() {
        assert_eq!(
            seen("[::ffff:10.0.0.1]:1", &["::ffff:198.51.100.1"], None),
            "198.51.100.1"
        );
    }

    #[test]
    fn version_6_is_counted_by_64_bits() {
        let network = |text: &str| Network(Some(text.parse().unwrap())).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("198.51.100.1"), "198.51.100.1");
    }
}
