use std::collections::HashMap;

use parking_lot::Mutex;
use tenon_kernel::{Standing, Timestamp};

/// The most networks that are remembered.
const MOST: usize = 10_000;

/// Networks that used up their quota with API keys that nobody has. Until they may ask again no key of theirs is looked up that is not
/// known already, so that whoever makes keys up costs the store no more than the quota.
#[derive(Debug, Default)]
pub(crate) struct Guessers(Mutex<HashMap<String, Timestamp>>);

impl Guessers {
    /// Whether the network has to wait.
    pub fn has(&self, network: &str, now: Timestamp) -> bool {
        self.0.lock().get(network).is_some_and(|until| now < *until)
    }

    /// Takes up a network that sent a key that nobody has, if it stands so that it has to wait.
    pub fn note(&self, network: String, standing: &Standing, now: Timestamp) {
        if standing.allowed() {
            return;
        }
        let mut waiting = self.0.lock();
        if waiting.len() >= MOST {
            waiting.retain(|_, until| now < *until);
        }
        if waiting.len() < MOST {
            waiting.insert(network, now.plus(standing.retry_after));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn standing(seconds: u64) -> Standing {
        Standing {
            retry_after: Duration::from_secs(seconds),
            remaining: 0,
            reset: Duration::from_secs(60),
        }
    }

    #[test]
    fn a_network_waits_as_long_as_its_quota_says() {
        let guessers = Guessers::default();
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        guessers.note("a".to_owned(), &standing(0), now);
        guessers.note("b".to_owned(), &standing(7), now);
        assert!(!guessers.has("a", now) && guessers.has("b", now));
        assert!(!guessers.has("b", now.plus(Duration::from_secs(7))));
    }

    #[test]
    fn no_more_networks_are_remembered_than_there_is_room_for() {
        let guessers = Guessers::default();
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        for number in 0..MOST + 5 {
            guessers.note(number.to_string(), &standing(7), now);
        }
        assert_eq!(guessers.0.lock().len(), MOST);
        let later = now.plus(Duration::from_secs(8));
        guessers.note("new".to_owned(), &standing(7), later);
        assert!(guessers.has("new", later));
        assert_eq!(guessers.0.lock().len(), 1);
    }
}
