//! Entity tags (RFC 9110, section 8.8.3): `"v<version>"`.

use actix_web::http::header::HeaderValue;
use tenon_kernel::Version;

/// The header's value for a version.
pub(crate) fn header(version: Version) -> HeaderValue {
    HeaderValue::try_from(format!("\"v{}\"", version.get())).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// One entity tag of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub weak: bool,
    pub opaque: &'a str,
}

impl Tag<'_> {
    /// The version that the tag stands for, if it is one of ours.
    pub fn version(self) -> Option<Version> {
        let digits = self.opaque.strip_prefix('v')?;
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        plain.then(|| digits.parse().ok().map(Version::new))?
    }
}

/// The condition of `If-Match` or `If-None-Match`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Condition<'a> {
    /// `*`: any version of an existing resource.
    Any,
    /// One of these.
    Tags(Vec<Tag<'a>>),
}

/// Reads `*` or a list of entity tags, of which some may be empty (RFC 9110, section 5.6.1.2); `None` for anything else, a list of none
/// included.
pub(crate) fn parse(text: &str) -> Option<Condition<'_>> {
    let mut rest = text.trim_matches([' ', '\t']);
    if rest == "*" {
        return Some(Condition::Any);
    }
    let mut tags = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return (!tags.is_empty()).then_some(Condition::Tags(tags));
        }
        let (tag, after) = first_tag(rest)?;
        tags.push(tag);
        let after = after.trim_start_matches([' ', '\t']);
        if !after.is_empty() && !after.starts_with(',') {
            return None;
        }
        rest = after;
    }
}

fn first_tag(text: &str) -> Option<(Tag<'_>, &str)> {
    let (weak, text) = match text.strip_prefix("W/") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (opaque, rest) = text.strip_prefix('"')?.split_once('"')?;
    let allowed = |byte: u8| byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80;
    opaque.bytes().all(allowed).then_some((Tag { weak, opaque }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(text: &str) -> Option<Vec<(bool, Option<i64>)>> {
        match parse(text)? {
            Condition::Any => None,
            Condition::Tags(tags) => Some(
                tags.iter()
                    .map(|tag| (tag.weak, tag.version().map(Version::get)))
                    .collect(),
            ),
        }
    }

    #[test]
    fn a_version_becomes_a_strong_tag_and_reads_back() {
        let header = header(Version::new(12));
        assert_eq!(header, "\"v12\"");
        assert_eq!(versions(header.to_str().unwrap()), Some(vec![(false, Some(12))]));
    }

    #[test]
    fn lists_stars_and_weak_tags_are_read() {
        assert_eq!(parse(" * "), Some(Condition::Any));
        let list = versions("\"v1\" ,W/\"v2\",\t\"x,y\"").unwrap();
        assert_eq!(list, [(false, Some(1)), (true, Some(2)), (false, None)]);
        for text in ["\"v1\",", ", \"v1\"", ",,\"v1\" , ,"] {
            assert_eq!(versions(text), Some(vec![(false, Some(1))]), "{text}");
        }
    }

    #[test]
    fn what_is_no_list_of_tags_is_refused() {
        for text in [
            "",
            "v1",
            "\"v1",
            "\"v1\" \"v2\"",
            "*, \"v1\"",
            "w/\"v1\"",
            "\"v 1\"",
            ",",
            ", ,",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_plain_numbers_are_versions() {
        for opaque in ["v", "v-1", "v+1", "v01", "v0", "1", "v1 ", "v99999999999999999999"] {
            assert_eq!(Tag { weak: false, opaque }.version(), None, "{opaque}");
        }
    }
}
