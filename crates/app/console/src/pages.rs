use std::borrow::Cow;

use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "page/"]
struct Files;

/// A file of the page.
pub struct Page {
    pub content: Cow<'static, [u8]>,
    /// Of the content.
    pub digest: [u8; 32],
    /// Its media type.
    pub kind: &'static str,
}

/// The file at this path below `page`, if its kind is one that a page has.
pub fn find(path: &str) -> Option<Page> {
    let kind = kind(path)?;
    let EmbeddedFile { data, metadata } = Files::get(path)?;
    Some(Page {
        content: data,
        digest: metadata.sha256_hash(),
        kind,
    })
}

fn kind(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// The paths of all files.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = Cow<'static, str>> {
    Files::iter()
}
