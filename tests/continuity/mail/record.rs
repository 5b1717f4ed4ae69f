//! What one client sent and what it received.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use tenon_tests::app::opened;

/// A message as its sender and its recipient know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub from: String,
    pub to: String,
    pub client: String,
    /// Counts what the sender wrote.
    pub number: u64,
    /// In the recipient's mailbox.
    pub seq: u64,
}

#[derive(Debug, Default)]
pub struct Sent {
    /// In the order in which they were written.
    pub acknowledged: Vec<Letter>,
    /// Client ids of what was not sent again after the connection broke.
    pub given_up: BTreeSet<String>,
    /// Messages that were sent again.
    pub again: u64,
}

#[derive(Debug, Default)]
pub struct Received {
    /// Everything up to there was taken care of.
    pub last: u64,
    /// In the order in which they came.
    pub letters: Vec<Letter>,
    /// Up to where each peer's devices received what one sent, as receipts say.
    pub delivered: BTreeMap<String, u64>,
    /// Entries that came again.
    pub again: u64,
}

impl Letter {
    /// As a frame or an item of a page says; the place is that of the recipient.
    pub fn of(message: &Value) -> Self {
        let text = |name: &str| message[name].as_str().unwrap().to_owned();
        let number = opened(message).split(':').next().unwrap().parse();
        Self {
            from: text("from"),
            to: text("to"),
            client: text("clientId"),
            number: number.unwrap_or(u64::MAX),
            seq: message["seq"].as_u64().unwrap_or(0),
        }
    }
}

impl Received {
    /// Takes care of an entry unless that was done. True when it is new.
    pub fn take(&mut self, entry: &Value) -> bool {
        let seq = entry["seq"].as_u64().unwrap();
        if seq <= self.last {
            self.again += 1;
            return false;
        }
        self.last = seq;
        match entry["type"].as_str().unwrap() {
            "message" => self.letters.push(Letter::of(entry)),
            "receipt" => {
                let by = entry["by"].as_str().unwrap().to_owned();
                let up_to = entry["upTo"].as_u64().unwrap();
                let before = self.delivered.insert(by, up_to);
                assert!(
                    before.is_none_or(|before| before <= up_to),
                    "a receipt goes back: {entry}"
                );
            }
            _ => panic!("{entry}"),
        }
        true
    }

    /// What several readers of one device received, each message once.
    pub fn together<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let (mut all, mut letters) = (Self::default(), BTreeMap::new());
        for part in parts {
            all.last = all.last.max(part.last);
            for letter in &part.letters {
                let before = letters.insert(letter.seq, letter.clone());
                assert!(
                    before.is_none_or(|before| before == *letter),
                    "two in one place: {letter:?}"
                );
            }
        }
        all.letters = letters.into_values().collect();
        all
    }

    /// Fails unless everything that was acknowledged to somebody else came once, where they were told that it is, in the order of
    /// each sender, and nothing came that nobody sent.
    pub fn assert_accounts_for(&self, me: &str, everybody: &[&Sent]) {
        let mut places = HashMap::new();
        for letter in &self.letters {
            assert_eq!(letter.to, me);
            let before = places.insert(letter.client.as_str(), letter.seq);
            assert_eq!(before, None, "came twice: {letter:?}");
        }
        let acknowledged = || everybody.iter().flat_map(|sent| &sent.acknowledged);
        for letter in acknowledged().filter(|letter| letter.to == me) {
            let place = places.get(letter.client.as_str());
            assert_eq!(place, Some(&letter.seq), "acknowledged: {letter:?}");
        }
        let known: BTreeSet<&str> = acknowledged().map(|letter| letter.client.as_str()).collect();
        let mut latest = BTreeMap::new();
        for letter in &self.letters {
            if known.contains(letter.client.as_str()) {
                let before = latest.insert(letter.from.as_str(), letter.number);
                assert!(
                    before.is_none_or(|before| before < letter.number),
                    "{letter:?} after {before:?}"
                );
            } else {
                let given_up = everybody.iter().any(|sent| sent.given_up.contains(&letter.client));
                assert!(given_up || letter.number == u64::MAX, "nobody wrote {letter:?}");
            }
        }
    }
}
