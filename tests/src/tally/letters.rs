use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{Findings, Tally};
use crate::app::opened;

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

/// What one person sent.
#[derive(Debug, Default, Clone)]
pub struct Sent {
    /// In the order in which they were written, each after the answer to the one before.
    pub acknowledged: Vec<Letter>,
    /// Client ids of what was not sent again after it was not answered.
    pub given_up: BTreeSet<String>,
    /// Messages that were sent again.
    pub again: u64,
}

/// What one person received.
#[derive(Debug, Default, Clone)]
pub struct Received {
    /// Everything up to there was taken care of.
    pub last: u64,
    /// In the order in which they came, without what came again.
    pub letters: Vec<Letter>,
    /// Up to where each peer's devices received what one sent, as receipts say.
    pub delivered: BTreeMap<String, u64>,
    /// Entries that came again.
    pub again: u64,
    /// Receipts that say less than those before, and readers of one device who saw different things.
    disorder: Vec<String>,
}

impl Letter {
    /// As a frame or an item of a page says: the text begins with the number, up to a colon, or is the last one of all.
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
    /// Takes care of an entry unless that was done already, as a client does by its place. Whether it is new.
    pub fn take(&mut self, entry: &Value) -> bool {
        let is_new = self.pass(entry["seq"].as_u64().unwrap());
        if is_new && entry["type"] == "receipt" {
            let (by, up_to) = (entry["by"].as_str().unwrap(), entry["upTo"].as_u64().unwrap());
            let before = self.delivered.insert(by.to_owned(), up_to);
            if before.is_some_and(|before| before > up_to) {
                self.disorder
                    .push(format!("a receipt goes back from {before:?}: {entry}"));
            }
        } else if is_new {
            assert_eq!(entry["type"], "message", "{entry}");
            self.letters.push(Letter::of(entry));
        }
        is_new
    }

    const fn pass(&mut self, seq: u64) -> bool {
        let is_new = seq > self.last;
        if is_new {
            self.last = seq;
        } else {
            self.again += 1;
        }
        is_new
    }

    /// What several readers of one device received, each message once.
    pub fn together<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let (mut all, mut letters) = (Self::default(), BTreeMap::new());
        for part in parts {
            all.last = all.last.max(part.last);
            all.disorder.extend(part.disorder.iter().cloned());
            for letter in &part.letters {
                let before = letters.insert(letter.seq, letter.clone());
                if before.is_some_and(|before| before != *letter) {
                    all.disorder.push(format!("two in one place: {letter:?}"));
                }
            }
        }
        all.letters = letters.into_values().collect();
        all
    }

    /// Fails unless everything that was acknowledged to somebody of this id came once, where its sender was told that it is, in the
    /// order of each sender, and nothing came that nobody sent.
    ///
    /// # Panics
    ///
    /// With the findings.
    pub fn assert_accounts_for(&self, me: &str, everybody: &[&Sent]) {
        assert_eq!(self.findings(me, everybody), Findings::default());
    }

    fn findings(&self, me: &str, everybody: &[&Sent]) -> Findings {
        let mut findings = Findings {
            disordered: self.disorder.clone(),
            ..Findings::default()
        };
        let mut places = HashMap::new();
        for letter in &self.letters {
            if places.insert(letter.client.as_str(), letter.seq).is_some() {
                findings.doubled.push(format!("came twice: {letter:?}"));
            }
            if letter.to != me {
                findings.invented.push(format!("of somebody else: {letter:?}"));
            }
        }
        let acknowledged = || everybody.iter().flat_map(|sent| &sent.acknowledged);
        for letter in acknowledged().filter(|letter| letter.to == me) {
            match places.get(letter.client.as_str()) {
                None => findings.lost.push(format!("{letter:?}")),
                Some(seq) if *seq != letter.seq => findings.disordered.push(format!("came as {seq}: {letter:?}")),
                Some(_) => {}
            }
        }
        let known: BTreeSet<&str> = acknowledged().map(|letter| letter.client.as_str()).collect();
        let mut latest: BTreeMap<&str, u64> = BTreeMap::new();
        for letter in &self.letters {
            if known.contains(letter.client.as_str()) {
                let before = latest.insert(&letter.from, letter.number);
                if before.is_some_and(|before| before > letter.number) {
                    findings.disordered.push(format!("{letter:?} after {before:?}"));
                }
            } else if !everybody.iter().any(|sent| sent.given_up.contains(&letter.client)) {
                findings.invented.push(format!("{letter:?}"));
            }
        }
        findings
    }
}

impl Tally {
    /// Of messages: all that was sent, and what each person of this id received.
    pub fn of_letters(sent: &[&Sent], received: &[(&str, &Received)]) -> Self {
        let mut findings = Findings::default();
        for (me, received) in received {
            findings.add(received.findings(me, sent));
        }
        Self {
            acknowledged: sent.iter().map(|sent| sent.acknowledged.len()).sum(),
            unsure: sent.iter().map(|sent| sent.given_up.len()).sum(),
            seen: received.iter().map(|(_, received)| received.letters.len()).sum(),
            findings,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::app::sealed;

    fn letter(number: u64, seq: u64) -> Letter {
        Letter {
            from: "ada".to_owned(),
            to: "bea".to_owned(),
            client: format!("c{number}"),
            number,
            seq,
        }
    }

    /// Two were acknowledged and one was given up.
    fn sent() -> Sent {
        Sent {
            acknowledged: vec![letter(1, 10), letter(2, 12)],
            given_up: BTreeSet::from(["c3".to_owned()]),
            ..Sent::default()
        }
    }

    fn judged(letters: impl IntoIterator<Item = Letter>) -> Findings {
        let mut received = Received::default();
        for letter in letters {
            received.take(&json!({
                "type": "message", "seq": letter.seq, "from": letter.from, "to": letter.to, "clientId": letter.client,
                "content": sealed(&format!("{}:-", letter.number)),
            }));
        }
        Tally::of_letters(&[&sent()], &[("bea", &received)]).findings
    }

    #[test]
    fn what_came_once_and_in_order_is_well_and_what_was_given_up_may_come() {
        assert!(judged([letter(1, 10), letter(2, 12)]).is_empty());
        assert!(judged([letter(1, 10), letter(2, 12), letter(3, 13)]).is_empty());
        // A client that was cut off gets what it did not acknowledge again.
        assert!(judged([letter(1, 10), letter(1, 10), letter(2, 12)]).is_empty());
    }

    #[test]
    fn a_message_that_did_not_come_is_lost() {
        assert_eq!(judged([letter(1, 10)]).lost.len(), 1);
    }

    #[test]
    fn a_message_in_two_places_is_doubled() {
        assert_eq!(judged([letter(1, 10), letter(2, 12), letter(1, 14)]).doubled.len(), 1);
        assert_eq!(
            judged([letter(1, 10), letter(2, 12), letter(3, 13), letter(3, 14)])
                .doubled
                .len(),
            1
        );
    }

    #[test]
    fn messages_that_changed_places_are_out_of_order() {
        assert!(!judged([letter(2, 10), letter(1, 12)]).disordered.is_empty());
    }

    #[test]
    fn a_message_that_nobody_wrote_is_found_out() {
        assert_eq!(judged([letter(1, 10), letter(2, 12), letter(9, 13)]).invented.len(), 1);
    }

    #[test]
    fn a_receipt_that_goes_back_is_out_of_order() {
        let mut received = Received::default();
        for (seq, up_to) in [(1, 5), (2, 7), (3, 6)] {
            received.take(&json!({ "type": "receipt", "seq": seq, "by": "bea", "upTo": up_to }));
        }
        assert_eq!(received.findings("ada", &[]).disordered.len(), 1);
    }

    #[test]
    fn readers_of_one_device_may_share_what_comes_and_not_differ_in_a_place() {
        let reader = |letters: Vec<Letter>| Received {
            letters,
            ..Received::default()
        };
        let (one, other) = (reader(vec![letter(1, 10), letter(2, 12)]), reader(vec![letter(2, 12)]));
        assert!(
            Received::together([&one, &other])
                .findings("bea", &[&sent()])
                .is_empty()
        );
        let wrong = reader(vec![letter(1, 12)]);
        assert!(
            !Received::together([&one, &wrong])
                .findings("bea", &[&sent()])
                .is_empty()
        );
    }
}
