use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tenon_kernel::Invalid;

/// What a message says, encrypted by its sender: canonical base64 (RFC 4648, section 4), 1 to 98,304 characters.
///
/// It is never logged: [`std::fmt::Debug`] shows its length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(String);

impl Content {
    /// The most characters: 96 KiB.
    pub const MOST: usize = 98_304;

    /// # Errors
    ///
    /// `too_short`, `too_long`, `invalid_base64`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new("too_short", "Must not be empty."));
        }
        if text.len() > Self::MOST {
            return Err(Invalid::new(
                "too_long",
                "Must have at most 98304 characters of base64.",
            ));
        }
        match BASE64_STANDARD.decode(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err(Invalid::new(
                "invalid_base64",
                "Must be base64 of the standard alphabet, padded, without anything else.",
            )),
        }
    }

    /// The base64.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the base64 stands for.
    pub fn bytes(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(&self.0).unwrap_or_default()
    }

    /// As it was stored.
    pub fn stored(bytes: &[u8]) -> Self {
        Self(BASE64_STANDARD.encode(bytes))
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({} characters)", self.0.len())
    }
}

/// How the receiving client is to read a message: 1 to 32 characters of `a-z`, `0-9`, `.` and `-`. The server sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind(String);

impl Kind {
    /// # Errors
    ///
    /// `invalid_kind`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-';
        if (1..=32).contains(&text.len()) && text.bytes().all(good) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            "invalid_kind",
            "Must have 1 to 32 characters of a to z, 0 to 9, . and -.",
        ))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Kind {
    fn default() -> Self {
        Self("text".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_canonical_base64_of_at_most_96_kib() {
        let longest = "A".repeat(Content::MOST);
        for text in ["AA==", "AAA=", "AAAA", "+/+/", &longest] {
            let content = Content::parse(text).unwrap();
            assert_eq!(Content::stored(&content.bytes()).as_str(), text);
        }
        for (text, code) in [
            ("", "too_short"),
            (&*"A".repeat(Content::MOST + 4), "too_long"),
            ("AA", "invalid_base64"),
            ("AB==", "invalid_base64"),
            ("AAAA\n", "invalid_base64"),
            ("-_-_", "invalid_base64"),
            ("hello", "invalid_base64"),
        ] {
            assert_eq!(Content::parse(text).unwrap_err().code, code);
        }
    }

    #[test]
    fn content_does_not_show_itself() {
        assert_eq!(
            format!("{:?}", Content::parse("c2VjcmV0").unwrap()),
            "Content(8 characters)"
        );
    }

    #[test]
    fn a_kind_is_a_short_word() {
        for text in ["text", "olm", "a.b-9"] {
            assert!(Kind::parse(text).is_ok());
        }
        for text in ["", "Text", "a b", "ä", &"a".repeat(33)] {
            assert_eq!(Kind::parse(text).unwrap_err().code, "invalid_kind");
        }
    }
}
