//! The page at `/docs`: the description of the API for people, by Swagger UI, which is in the binary.
//!
//! It asks this server alone, and the policy that it is served with lets it do nothing else.

use std::io::Read;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Bytes, Path};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use crate::dto::hex;
use crate::error::{ApiError, NOT_FOUND};
use crate::extract::IfNoneMatch;
use crate::reply::Answer;

/// The page, and what it is made of. Neither is an operation of the API.
pub(super) const PATHS: [&str; 2] = ["/docs", "/docs/{file}"];

/// Swagger UI shows its icons from `data:` addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page.
struct Part {
    name: &'static str,
    media: &'static str,
    body: Bytes,
    /// Without its quotation marks.
    tag: String,
}

impl Part {
    fn new(name: &'static str, media: &'static str, body: Bytes) -> Self {
        let mut short = hex(&Sha256::digest(&body));
        short.truncate(24);
        Self {
            name,
            media,
            body,
            tag: short,
        }
    }
}

/// What the build script has taken out of Swagger UI's archive.
macro_rules! swagger_ui {
    ($name:literal) => {
        inflated(include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz")))
    };
}

static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| {
    let own = |text: &'static str| Bytes::from_static(text.as_bytes());
    vec![
        Part::new("", "text/html; charset=utf-8", own(include_str!("docs/index.html"))),
        Part::new(
            "start.js",
            "text/javascript; charset=utf-8",
            own(include_str!("docs/start.js")),
        ),
        Part::new(
            "page.css",
            "text/css; charset=utf-8",
            own(include_str!("docs/page.css")),
        ),
        Part::new(
            "swagger-ui.css",
            "text/css; charset=utf-8",
            swagger_ui!("swagger-ui.css"),
        ),
        Part::new(
            "swagger-ui-bundle.js",
            "text/javascript; charset=utf-8",
            swagger_ui!("swagger-ui-bundle.js"),
        ),
    ]
});

fn inflated(file: &[u8]) -> Bytes {
    let mut bytes = Vec::new();
    // What the build script compressed can be decompressed; a test looks at all of it.
    let _ = GzDecoder::new(file).read_to_end(&mut bytes);
    Bytes::from(bytes)
}

/// The page.
pub(super) async fn page(known: IfNoneMatch) -> Answer {
    answer(&known, "")
}

/// What the page is made of.
pub(super) async fn part(known: IfNoneMatch, name: Path<String>) -> Answer {
    answer(&known, &name)
}

fn answer(known: &IfNoneMatch, name: &str) -> Answer {
    let part = PARTS.iter().find(|part| part.name == name);
    let part = part.ok_or_else(|| ApiError::new(&NOT_FOUND))?;
    let mut response = if known.has_tagged(&part.tag) {
        // As the whole answer has it (RFC 9110, section 15.4.5).
        HttpResponse::NotModified()
            .insert_header((header::VARY, "accept-encoding"))
            .finish()
    } else {
        HttpResponse::Ok().content_type(part.media).body(part.body.clone())
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Weak, because it may be sent compressed.
    let tag = HeaderValue::try_from(format!("W/\"{}\"", part.tag)).map_err(ApiError::internal)?;
    headers.insert(header::ETAG, tag);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_page_is_in_the_binary() {
        let names: Vec<_> = PARTS.iter().map(|part| part.name).collect();
        assert_eq!(
            names,
            ["", "start.js", "page.css", "swagger-ui.css", "swagger-ui-bundle.js"]
        );
        assert!(PARTS.iter().all(|part| part.body.len() > 100));
        let whole = |name: &str, end: &str| {
            let part = PARTS.iter().find(|part| part.name == name).unwrap();
            std::str::from_utf8(&part.body).unwrap().trim_end().ends_with(end)
        };
        assert!(whole("swagger-ui.css", "*/") && whole("swagger-ui-bundle.js", "})()));"));
    }
}
