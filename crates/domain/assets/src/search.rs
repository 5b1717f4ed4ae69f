use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;
use tenon_kernel::Invalid;
use unicode_segmentation::UnicodeSegmentation;

/// The longest word that is told apart from others with the same beginning, in characters.
const LONGEST: usize = 40;

/// The words of a text in lower case, each once (Unicode Standard Annex 29, section 4.1). Spellings that mean the same characters, such as
/// letters with their accents apart, ligatures and full-width digits, are one word (Annex 15, form KC).
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> Words {
    let mut words = Words::default();
    for word in texts.into_iter().flat_map(str::unicode_words) {
        words.push(word);
    }
    words.each_once();
    words
}

/// Words in the order of their bytes, in one text: a description has hundreds, and an allocation for each took longer than to
/// find them.
#[derive(Debug, Default)]
pub struct Words {
    text: String,
    places: Vec<Place>,
}

impl Words {
    /// The words in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.places.iter().map(|place| place.of(&self.text))
    }

    fn push(&mut self, word: &str) {
        let start = self.text.len();
        if word.is_ascii() {
            self.text.push_str(word.get(..LONGEST).unwrap_or(word));
            if let Some(word) = self.text.get_mut(start..) {
                word.make_ascii_lowercase();
            }
        } else {
            let word = word.to_lowercase();
            let spelled = ComposingNormalizerBorrowed::new_nfkc().normalize_iter(word.chars());
            self.text.extend(spelled.take(LONGEST));
        }
        let word = self.text.get(start..).unwrap_or_default();
        self.places.push(Place {
            beginning: beginning(word),
            range: start..self.text.len(),
        });
    }

    fn each_once(&mut self) {
        let text = &self.text;
        self.places.sort_unstable_by(|a, b| {
            let by_beginning = a.beginning.cmp(&b.beginning);
            by_beginning.then_with(|| a.of(text).cmp(b.of(text)))
        });
        self.places
            .dedup_by(|a, b| a.beginning == b.beginning && a.of(text) == b.of(text));
    }
}

/// Where a word is, and its first eight bytes as a number, which is compared sooner than text.
#[derive(Debug)]
struct Place {
    beginning: u64,
    range: Range<usize>,
}

impl Place {
    fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range.clone()).unwrap_or_default()
    }
}

/// Orders as the words do, or says nothing: a shorter word counts as if zeros followed, which no word has.
fn beginning(word: &str) -> u64 {
    let mut first = [0; 8];
    first.iter_mut().zip(word.bytes()).for_each(|(to, byte)| *to = byte);
    u64::from_be_bytes(first)
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
        let words: Vec<String> = words([text]).iter().map(str::to_owned).collect();
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
        let found = words(["Main PUMP, main-valve", "Ölpumpe 7b"]);
        assert_eq!(
            found.iter().collect::<Vec<_>>(),
            ["7b", "main", "pump", "valve", "ölpumpe"]
        );
    }

    #[test]
    fn spellings_of_the_same_characters_are_one_word() {
        let found = words([
            "Gru\u{308}ne GR\u{dc}NE gr\u{fc}ne",
            "\u{ff30}\u{ff55}\u{ff4d}\u{ff50} pump",
        ]);
        assert_eq!(found.iter().collect::<Vec<_>>(), ["gr\u{fc}ne", "pump"]);
    }

    #[test]
    fn words_are_told_apart_by_their_first_forty_characters() {
        let found = words([format!("{}x {}y", "ä".repeat(40), "ä".repeat(40)).as_str()]);
        assert_eq!(found.iter().collect::<Vec<_>>(), ["ä".repeat(40)]);
        let found = words([format!("{}x {}y", "a".repeat(40), "A".repeat(40)).as_str()]);
        assert_eq!(found.iter().collect::<Vec<_>>(), ["a".repeat(40)]);
    }

    #[test]
    fn words_with_a_long_beginning_in_common_are_told_apart_and_in_order() {
        let found = words(["restored restore restores restored restoration rest"]);
        let expected = ["rest", "restoration", "restore", "restored", "restores"];
        assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_query_has_one_to_eight_words() {
        assert_eq!(SearchQuery::parse(" Pump  pump ").unwrap().words(), ["pump"]);
        assert_eq!(SearchQuery::parse(" -- ").unwrap_err().code, "no_words");
        assert_eq!(SearchQuery::parse("a b c d e f g h i").unwrap_err().code, "too_many");
        assert_eq!(SearchQuery::parse(&"a".repeat(201)).unwrap_err().code, "too_long");
    }
}
