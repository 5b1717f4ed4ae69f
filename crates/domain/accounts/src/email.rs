use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use tenon_kernel::Invalid;

/// An email address, lower case, at most 254 bytes (RFC 5321, section 4.5.3.1). Two spellings that differ in case only, or in whether
/// a letter and its accents are one character (RFC 6532, section 3.1), are one account.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address of the form `local@domain`; quoted local parts and address literals are refused.
    ///
    /// # Errors
    ///
    /// `invalid_email`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().any(is_invisible) {
            return Err(invalid());
        }
        // What lower case makes of a letter may be composed once more.
        Self::stored(&ComposingNormalizerBorrowed::new_nfc().normalize(&text.to_lowercase()))
    }

    /// Reads an address that was taken before, also one with characters that nobody sees or in another spelling,
    /// which were taken once.
    ///
    /// # Errors
    ///
    /// `invalid_email`.
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or_else(invalid)?;
        let plain = |c: char| {
            !c.is_control() && !c.is_whitespace() && !matches!(c, '"' | '<' | '>' | '(' | ')' | ',' | ';' | '\\' | '@')
        };
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let dotted = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        let fits = text.len() <= 254 && (1..=64).contains(&local.len());
        if fits && dotted && local.chars().all(plain) && domain.contains('.') && domain.split('.').all(label) {
            Ok(Self(text))
        } else {
            Err(invalid())
        }
    }

    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether nobody sees that the character is there, so that with it an address looks like somebody else's (Unicode, `Default_Ignorable_Code_Point`).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

fn invalid() -> Invalid {
    Invalid::new("invalid_email", "Must be an email address such as ada@example.com.")
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_surrounding_space_do_not_make_another_address() {
        assert_eq!(Email::parse(" Ada@Example.COM "), Email::parse("ada@example.com"));
    }

    #[test]
    fn accents_do_not_make_another_address() {
        let together = Email::parse("J\u{fc}rgen@m\u{fc}hle.example").unwrap();
        assert_eq!(Email::parse("Ju\u{308}rgen@MU\u{308}hle.example").unwrap(), together);
        let stored = "ju\u{308}rgen@example.com";
        assert_eq!(Email::stored(stored).unwrap().as_str(), stored);
    }

    #[test]
    fn characters_that_nobody_sees_are_taken_from_the_store_alone() {
        for text in [
            "ada\u{200b}@example.com",
            "a\u{ad}da@example.com",
            "\u{202e}ada@example.com",
        ] {
            assert_eq!(Email::parse(text).unwrap_err().code, "invalid_email", "{text}");
            assert_eq!(Email::stored(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "a b@example.com",
            "a@b@example.com",
            ".a@example.com",
            "a..b@example.com",
            "ada@-x.com",
            "ada@ex_ample.com",
            "a\0@example.com",
            &long,
        ] {
            assert_eq!(Email::parse(text).unwrap_err().code, "invalid_email", "{text}");
        }
    }
}
