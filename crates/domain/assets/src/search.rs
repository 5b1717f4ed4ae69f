use std::collections::BTreeSet;

use tenon_kernel::Invalid;
use unicode_segmentation::UnicodeSegmentation;

/// The longest word that is told apart from others with the same beginning, in characters.
const LONGEST: usize = 40;

/// The words of a text in lower case, each once (Unicode Standard Annex 29, section 4.1).
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    texts.into_iter().flat_map(str::unicode_words).map(beginning).collect()
}

fn beginning(word: &str) -> String {
    let mut word = word.to_lowercase();
    if let Some((end, _)) = word.char_indices().nth(LONGEST) {
        word.truncate(end);
    }
    word
}

/// Words that an asset's title or description must have, each at the beginning of one of its words: `pump main` finds
/// "Main pumps".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery(Vec<String>);

impl SearchQuery {
    /// The most words.
    pub const MAX: usize = 8;

    /// # Errors
    ///
    /// `no_words`, `too_long` past 200 characters, `too_many` past 8 words.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > 200 {
            return Err(Invalid::new("too_long", "At most 200 characters."));
        }
        let words: Vec<String> = words([text]).into_iter().collect();
        match words.len() {
            0 => Err(Invalid::new("no_words", "Must have at least one word to search for.")),
            1..=Self::MAX => Ok(Self(words)),
            _ => Err(Invalid::new("too_many", "At most 8 words.")),
        }
    }

    /// The words, in lower case.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_case_and_counted_once() {
        let found: Vec<String> = words(["Main PUMP, main-valve", "Ölpumpe 7b"]).into_iter().collect();
        assert_eq!(found, ["7b", "main", "pump", "valve", "ölpumpe"]);
    }

    #[test]
    fn words_are_told_apart_by_their_first_forty_characters() {
        let found = words([format!("{}x {}y", "ä".repeat(40), "ä".repeat(40)).as_str()]);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["ä".repeat(40)]);
    }

    #[test]
    fn a_query_has_one_to_eight_words() {
        assert_eq!(SearchQuery::parse(" Pump  pump ").unwrap().words(), ["pump"]);
        assert_eq!(SearchQuery::parse(" -- ").unwrap_err().code, "no_words");
        assert_eq!(SearchQuery::parse("a b c d e f g h i").unwrap_err().code, "too_many");
        assert_eq!(SearchQuery::parse(&"a".repeat(201)).unwrap_err().code, "too_long");
    }
}
