use actix_web::http::header::{self, HeaderMap};
use actix_web::http::uri::Authority;

use crate::error::{ApiError, BAD_REQUEST};

/// Refuses what whoever stands before the server may read otherwise than it.
///
/// - A `Host` that names no host, or several (RFC 9112, section 3.2). It may be empty, as for a target without an authority.
/// - A body of a request that asks for a WebSocket: the HTTP server takes all that follows for the socket's, whatever the length says.
pub(super) fn check(headers: &HeaderMap) -> Result<(), ApiError> {
    let refused = |why: &'static str| Err(ApiError::new(&BAD_REQUEST).detail(why));
    let host = headers.get(header::HOST).filter(|value| !value.is_empty());
    if host.is_some_and(|value| !is_host(value.as_bytes())) {
        return refused("The Host header is not a host with an optional port.");
    }
    let length = headers.get(header::CONTENT_LENGTH);
    if length.is_some_and(|length| length != "0") && asks_for_a_socket(headers) {
        return refused("A request to upgrade to a WebSocket has no body.");
    }
    Ok(())
}

fn asks_for_a_socket(headers: &HeaderMap) -> bool {
    let mut protocols = headers.get_all(header::UPGRADE).filter_map(|value| value.to_str().ok());
    protocols.any(|names| names.to_ascii_lowercase().contains("websocket"))
}

pub(crate) fn is_host(value: &[u8]) -> bool {
    let Ok(authority) = Authority::try_from(value) else {
        return false;
    };
    // It takes a user before the host, and anything for a port.
    let (host, text) = (authority.host(), authority.as_str());
    let port = text.strip_prefix(host).filter(|_| !host.is_empty());
    port.is_some_and(|port| {
        port.is_empty()
            || port
                .strip_prefix(':')
                .is_some_and(|digits| digits.bytes().all(|it| it.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn is_let_in(host: &str) -> bool {
        are_let_in(&[(header::HOST, host)])
    }

    fn are_let_in(lines: &[(HeaderName, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        check(&headers).is_ok()
    }

    #[test]
    fn a_host_has_a_name_or_an_address_and_may_have_a_port() {
        for host in [
            "",
            "a",
            "a.example:8080",
            "a_b",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:4000",
            "xn--bcher-kva.example",
        ] {
            assert!(is_let_in(host), "{host}");
        }
        assert!(check(&HeaderMap::new()).is_ok());
    }

    #[test]
    fn a_request_for_a_socket_has_no_body() {
        let upgrade = (header::UPGRADE, "x, WebSocket");
        assert!(are_let_in(std::slice::from_ref(&upgrade)));
        assert!(are_let_in(&[upgrade.clone(), (header::CONTENT_LENGTH, "0")]));
        assert!(!are_let_in(&[upgrade, (header::CONTENT_LENGTH, "2")]));
        assert!(are_let_in(&[(header::UPGRADE, "h2c"), (header::CONTENT_LENGTH, "2")]));
    }

    #[test]
    fn anything_else_is_no_host() {
        for host in [
            "a, b",
            "a b",
            "a/b",
            "u@a",
            "a?b",
            "a#b",
            "a:b",
            "a:1:2",
            ":80",
            "http://a",
            "[::1",
            "b\u{fc}cher",
            "a\\b",
        ] {
            assert!(!is_let_in(host), "{host}");
        }
    }
}
