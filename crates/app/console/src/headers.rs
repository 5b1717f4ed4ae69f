use actix_web::http::header::{self, EntityTag, Header as _, HeaderValue, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse};

use crate::pages::Page;

/// Nothing but what comes from this origin, no script or style that is not a file, no frame around it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Asked anew each time, and answered in a few bytes when nothing has changed.
const CACHING: HeaderValue = HeaderValue::from_static("no-cache");

/// The page, or that the browser has it already.
pub fn respond(request: &HttpRequest, page: Page) -> HttpResponse {
    // Weak, because the same file goes out compressed in one way or the other.
    let tag = EntityTag::new_weak(hex::encode(page.digest));
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|other| other.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut builder = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    builder
        .insert_header((header::ETAG, tag.to_string()))
        .insert_header((header::CACHE_CONTROL, CACHING))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    if known {
        return builder.finish();
    }
    builder
        .insert_header((header::CONTENT_TYPE, page.kind))
        .body(page.content)
}
