use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tenon_rooms::{Epoch, Offset, Position};

use super::{Findings, Tally};

/// What one subscriber heard of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Where it is.
    pub at: Position,
    /// The number that each event carried, in the order in which they came.
    pub events: Vec<(Position, u64)>,
    /// From where to where something is missing, as it was told.
    pub gaps: Vec<(Position, Position)>,
    /// What came where something else should have.
    disorder: Vec<String>,
}

/// What was published in a room.
#[derive(Debug, Default, Clone)]
pub struct Said {
    /// Where the room was when a number was acknowledged.
    pub acknowledged: Vec<(Position, u64)>,
    /// What was said again without a key, because it was not known whether it had been heard.
    pub repeated: HashSet<u64>,
    /// What was not answered, and not said again.
    pub given_up: HashSet<u64>,
}

/// Where a frame or an answer says that the room is.
pub fn place(frame: &Value) -> Position {
    Position {
        epoch: Epoch::parse(frame["epoch"].as_str().unwrap()).unwrap(),
        offset: Offset::new(frame["offset"].as_u64().unwrap()),
    }
}

impl Heard {
    pub const fn from(at: Position) -> Self {
        Self {
            at,
            events: Vec::new(),
            gaps: Vec::new(),
            disorder: Vec::new(),
        }
    }

    /// Notes an event, which should follow what was heard before it.
    pub fn event(&mut self, position: Position, number: u64) {
        self.other(position);
        self.events.push((position, number));
    }

    /// Notes an event that nobody here said, of which nothing counts but its place.
    pub fn other(&mut self, position: Position) {
        if position != self.at.next() {
            self.disorder.push(format!("{position:?} after {:?}", self.at));
        }
        self.at = position;
    }

    /// Notes that everything up to a position is missing.
    pub fn gap(&mut self, position: Position) {
        if position == self.at {
            self.disorder
                .push(format!("a gap at {position:?} in which nothing is missing"));
        }
        self.gaps.push((self.at, position));
        self.at = position;
    }

    /// Fails unless nothing is wrong.
    ///
    /// # Panics
    ///
    /// With the findings.
    pub fn assert_accounts_for(&self, said: &Said) {
        assert_eq!(self.findings(said), Findings::default());
    }

    /// All that was acknowledged was heard where it was said to be or lies in a gap, nothing was heard twice in an epoch but
    /// what was said twice, and each event followed the one before it.
    pub fn findings(&self, said: &Said) -> Findings {
        let mut findings = Findings {
            disordered: self.disorder.clone(),
            ..Findings::default()
        };
        let heard: HashMap<Position, u64> = self.events.iter().copied().collect();
        if heard.len() < self.events.len() {
            findings.doubled.push("a position came twice".to_owned());
        }
        for (position, number) in &said.acknowledged {
            match heard.get(position) {
                Some(heard) if heard == number => {}
                Some(heard) => findings
                    .lost
                    .push(format!("{heard} in the place of {number} at {position:?}")),
                None if self.misses(*position) => {}
                None => findings.lost.push(format!("{number} at {position:?} was never heard")),
            }
        }
        let acknowledged: HashSet<u64> = said.acknowledged.iter().map(|(_, number)| *number).collect();
        let mut numbers = HashSet::new();
        for (position, number) in &self.events {
            if !numbers.insert((position.epoch, *number)) && !said.repeated.contains(number) {
                findings.doubled.push(format!("{number} came again at {position:?}"));
            }
            if !acknowledged.contains(number) && !said.given_up.contains(number) {
                findings.invented.push(format!("{number} at {position:?}"));
            }
        }
        findings
    }

    /// Whether a position lies in a gap: in the epoch that the gap begins in, in that which it ends in, or in one between, of which
    /// the subscriber saw nothing.
    fn misses(&self, position: Position) -> bool {
        let visited = |epoch| {
            self.at.epoch == epoch
                || self
                    .gaps
                    .iter()
                    .any(|(from, to)| [from.epoch, to.epoch].contains(&epoch))
        };
        self.gaps.iter().any(|(from, to)| {
            let after = from.epoch != position.epoch || position.offset > from.offset;
            let until = to.epoch != position.epoch || position.offset <= to.offset;
            let concerns = from.epoch == position.epoch || to.epoch == position.epoch;
            let between = from.epoch != to.epoch && !visited(position.epoch);
            between || concerns && after && until
        })
    }
}

impl Said {
    pub fn together(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.acknowledged.extend(part.acknowledged);
            all.repeated.extend(part.repeated);
            all.given_up.extend(part.given_up);
        }
        all
    }
}

impl Tally {
    /// Of events of a room: what was said, and what each subscriber heard.
    pub fn of_events(said: &Said, heard: &[&Heard]) -> Self {
        let mut findings = Findings::default();
        for heard in heard {
            findings.add(heard.findings(said));
        }
        Self {
            acknowledged: said.acknowledged.len(),
            unsure: said.given_up.len(),
            seen: heard.iter().map(|heard| heard.events.len()).sum(),
            findings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(epoch: &str, offset: u64) -> Position {
        place(&serde_json::json!({ "epoch": epoch.repeat(32), "offset": offset }))
    }

    /// Three were acknowledged, at 1 to 3 of the first epoch.
    fn said() -> Said {
        Said {
            acknowledged: (1..=3).map(|number| (at("a", number), number)).collect(),
            ..Said::default()
        }
    }

    fn hearing(events: &[(Position, u64)]) -> Heard {
        let mut heard = Heard::from(at("a", 0));
        for (position, number) in events {
            heard.event(*position, *number);
        }
        heard
    }

    #[test]
    fn what_came_once_and_in_order_is_well() {
        let heard = hearing(&[(at("a", 1), 1), (at("a", 2), 2), (at("a", 3), 3)]);
        let tally = Tally::of_events(&said(), &[&heard, &heard]);
        assert!(tally.findings.is_empty());
        assert_eq!((tally.acknowledged, tally.seen), (3, 6));
    }

    #[test]
    fn a_hole_that_nobody_was_told_of_is_a_loss() {
        let findings = hearing(&[(at("a", 1), 1), (at("a", 3), 3)]).findings(&said());
        assert_eq!((findings.lost.len(), findings.disordered.len()), (1, 1));
    }

    #[test]
    fn what_did_not_come_in_the_end_is_lost() {
        assert_eq!(
            hearing(&[(at("a", 1), 1), (at("a", 2), 2)])
                .findings(&said())
                .lost
                .len(),
            1
        );
    }

    #[test]
    fn what_lies_in_a_gap_is_not_lost_and_what_lies_beside_it_is() {
        let mut told = hearing(&[(at("a", 1), 1)]);
        told.gap(at("a", 3));
        assert!(told.findings(&said()).is_empty());
        let mut too_little = hearing(&[(at("a", 1), 1)]);
        too_little.gap(at("a", 2));
        assert_eq!(too_little.findings(&said()).lost.len(), 1);
    }

    #[test]
    fn the_end_of_an_epoch_is_a_gap_that_takes_in_epochs_of_which_nothing_was_seen() {
        let mut heard = hearing(&[(at("a", 1), 1)]);
        heard.gap(at("c", 0));
        let mut said = said();
        said.acknowledged.push((at("b", 1), 4));
        assert!(heard.findings(&said).is_empty());
        said.acknowledged.push((at("c", 1), 5));
        assert_eq!(heard.findings(&said).lost.len(), 1);
    }

    #[test]
    fn what_came_again_is_doubled_unless_it_was_said_again_or_in_another_epoch() {
        let mut said = said();
        let mut heard = hearing(&[(at("a", 1), 1), (at("a", 2), 2), (at("a", 3), 3), (at("a", 4), 3)]);
        assert_eq!(heard.findings(&said).doubled.len(), 1);
        said.repeated.insert(3);
        assert!(heard.findings(&said).is_empty());
        heard.gap(at("b", 0));
        heard.event(at("b", 1), 1);
        assert!(heard.findings(&said).is_empty());
    }

    #[test]
    fn events_that_changed_places_and_ones_that_nobody_said_are_found_out() {
        let findings = hearing(&[(at("a", 2), 2), (at("a", 1), 1), (at("a", 3), 3)]).findings(&said());
        assert!(!findings.disordered.is_empty());
        let findings = hearing(&[(at("a", 1), 1), (at("a", 2), 2), (at("a", 3), 3), (at("a", 4), 9)]).findings(&said());
        assert_eq!(findings.invented.len(), 1);
    }
}
