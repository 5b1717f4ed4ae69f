use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Findings, Tally};

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
}

/// What one person received.
#[derive(Debug, Default, Clone)]
pub struct Received {
    /// Everything up to there was taken care of.
    pub last: u64,
    /// In the order in which they came, without what came again.
    pub letters: Vec<Letter>,
    /// Entries that came again.
    pub again: u64,
}

impl Received {
    /// Takes care of a message unless that was done already, as a client does by its place.
    pub fn take(&mut self, letter: Letter) {
        if self.pass(letter.seq) {
            self.letters.push(letter);
        }
    }

    /// Takes care of an entry in this place, unless that was done already. Whether it is new.
    pub const fn pass(&mut self, seq: u64) -> bool {
        let is_new = seq > self.last;
        if is_new {
            self.last = seq;
        } else {
            self.again += 1;
        }
        is_new
    }

    fn findings(&self, me: &str, everybody: &[&Sent]) -> Findings {
        let mut findings = Findings::default();
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
    use super::*;

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
        }
    }

    fn judged(letters: impl IntoIterator<Item = Letter>) -> Findings {
        let mut received = Received::default();
        for letter in letters {
            received.take(letter);
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
}
