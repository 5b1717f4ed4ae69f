use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::error::{ApiError, INVALID_VALIDATION_TOKEN};

const PARAMETER: &str = "validationToken";

/// The longest token, decoded, in bytes.
const LONGEST: usize = 2048;

/// The token of a query that has one, decoded as a form is (`+` is a space), if it may be repeated to whoever sent it.
pub(crate) fn token(query: &str) -> Option<Result<String, ApiError>> {
    let mut tokens = query.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name).as_deref() == Some(PARAMETER)).then_some(value)
    });
    let token = tokens.next()?;
    let refused = |why: &'static str| Some(Err(ApiError::new(&INVALID_VALIDATION_TOKEN).detail(why)));
    if tokens.next().is_some() {
        return refused("`validationToken` must be there once.");
    }
    let Some(token) = decode(token) else {
        return refused("`validationToken` is not encoded UTF-8.");
    };
    if token.is_empty() || token.len() > LONGEST {
        return refused("`validationToken` must have 1 to 2048 bytes.");
    }
    if token.contains(|c: char| c.is_control() || c == '<' || c == '>') {
        return refused("`validationToken` must have no control characters and no angle brackets.");
    }
    Some(Ok(token))
}

/// Text and nothing but text, whatever a browser would like to see in it.
pub(super) fn answer(token: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(token)
}

/// Decodes `application/x-www-form-urlencoded` strictly: every `%` is followed by two digits, and the whole is UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next()?)? * 16 + digit(rest.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Option<String> {
        token(query).map(|token| token.unwrap())
    }

    fn is_refused(query: &str) -> bool {
        token(query).is_some_and(|token| token.is_err())
    }

    #[test]
    fn a_token_is_decoded_as_a_form_is() {
        assert_eq!(read("validationToken=a+b%2Bc%3A%20d").as_deref(), Some("a b+c: d"));
        assert_eq!(read("x=1&validationToken=%E2%9C%93&y").as_deref(), Some("\u{2713}"));
        assert_eq!(read("validationToken=a=b").as_deref(), Some("a=b"));
        assert_eq!(read("validation%54oken=a").as_deref(), Some("a"));
        assert!(token("").is_none() && token("validationtoken=a&other=b").is_none());
    }

    #[test]
    fn a_token_that_would_do_harm_or_means_two_things_is_refused() {
        for query in [
            "validationToken",
            "validationToken=",
            "validationToken=a&validationToken=a",
            "validationToken=%",
            "validationToken=%4",
            "validationToken=%zz",
            "validationToken=%ff",
            "validationToken=%0a",
            "validationToken=%7f",
            "validationToken=%C2%85",
            "validationToken=<b>",
            "validationToken=%3Cscript%3E",
        ] {
            assert!(is_refused(query), "{query}");
        }
        assert_eq!(
            read(&format!("validationToken={}", "a".repeat(2048))).map(|token| token.len()),
            Some(2048)
        );
        assert!(is_refused(&format!("validationToken={}", "a".repeat(2049))));
        assert!(is_refused(&format!("validationToken={}", "%E2%9C%93".repeat(683))));
    }
}
