use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

static OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
static RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Adds what keeps browsers from doing harm with an answer. A header that the route set stays.
pub(super) fn protect(headers: &mut HeaderMap, is_api: bool, behind_tls: bool) {
    headers.reserve(8);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(
        headers,
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    set(headers, OPENER_POLICY.clone(), "same-origin");
    set(headers, RESOURCE_POLICY.clone(), "same-origin");
    if is_api {
        set(headers, header::CACHE_CONTROL, "no-store");
    }
    if behind_tls {
        set(
            headers,
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=63072000; includeSubDomains",
        );
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
