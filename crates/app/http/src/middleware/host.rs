use actix_web::http::header::{self, HeaderMap};
use actix_web::http::uri::Authority;

use crate::error::{ApiError, BAD_REQUEST};

/// Refuses a `Host` that names no host, or several: whoever stands before the server may have read another one than it
/// (RFC 9112, section 3.2). It may be empty, as for a target without an authority.
pub(super) fn check(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get(header::HOST) {
        Some(value) if !value.is_empty() && !is_host(value.as_bytes()) => {
            Err(ApiError::new(&BAD_REQUEST).detail("The Host header is not a host with an optional port."))
        }
        _ => Ok(()),
    }
}

fn is_host(value: &[u8]) -> bool {
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
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn is_let_in(host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
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
