use std::time::Duration;

use tenon_kernel::Invalid;

/// How long subscriptions last: Graph allows less for some resources than for others, and less with resource data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetimes {
    /// The words that resources have in their paths, in lower case, and the time; the first that fits applies.
    pub by_word: Vec<(String, Duration)>,
    pub otherwise: Duration,
    /// The most with resource data.
    pub rich: Duration,
}

impl Lifetimes {
    /// For this resource.
    pub fn of(&self, resource: &str, is_rich: bool) -> Duration {
        let resource = resource.to_lowercase();
        let segments = || resource.split(['/', '?', '(', ')']);
        let fits = |(word, _): &&(String, Duration)| segments().any(|segment| segment == word);
        let span = self.by_word.iter().find(fits).map_or(self.otherwise, |(_, span)| *span);
        if is_rich { span.min(self.rich) } else { span }
    }

    /// Reads `presences=60`: a word of a path, and minutes.
    ///
    /// # Errors
    ///
    /// `invalid_lifetime`.
    pub fn entry(text: &str) -> Result<(String, Duration), Invalid> {
        let wrong = || {
            Invalid::new(
                "invalid_lifetime",
                "Must be a word of a resource and minutes: messages=4230.",
            )
        };
        let (word, minutes) = text.split_once('=').ok_or_else(wrong)?;
        let minutes: u64 = minutes.trim().parse().map_err(|_| wrong())?;
        let word = word.trim().to_lowercase();
        if word.is_empty() || !(1..=45_000).contains(&minutes) {
            return Err(wrong());
        }
        Ok((word, Duration::from_secs(minutes * 60)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_that_is_in_the_path_decides_and_resource_data_shortens() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let lifetimes = Lifetimes {
            by_word: vec![
                Lifetimes::entry("presences=60").unwrap(),
                Lifetimes::entry("Messages = 10080").unwrap(),
            ],
            otherwise: minutes(4_230),
            rich: minutes(1_440),
        };
        assert_eq!(lifetimes.of("communications/presences/x", false), minutes(60));
        assert_eq!(
            lifetimes.of("Users/1/mailFolders('Inbox')/Messages?$filter=a", false),
            minutes(10_080)
        );
        assert_eq!(lifetimes.of("users/1/messages", true), minutes(1_440));
        assert_eq!(lifetimes.of("users/messages-of-mine", false), minutes(4_230));
        for text in ["", "messages", "=5", "messages=0", "messages=x", "messages=50000"] {
            assert!(Lifetimes::entry(text).is_err(), "{text}");
        }
    }
}
