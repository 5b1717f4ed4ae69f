//! What was heard of a room, held against what was said there.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tenon_rooms::{Epoch, Offset, Position};

/// Where a frame says that the room is.
pub fn at(frame: &Value) -> Position {
    Position {
        epoch: Epoch::parse(frame["epoch"].as_str().unwrap()).unwrap(),
        offset: Offset::new(frame["offset"].as_u64().unwrap()),
    }
}

/// What one client heard of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub at: Position,
    /// The number that each event carried.
    pub events: Vec<(Position, u64)>,
    /// From where to where something is missing.
    pub gaps: Vec<(Position, Position)>,
}

/// What the speakers of a room said.
#[derive(Debug, Default)]
pub struct Said {
    /// Where the room was when a number was acknowledged.
    pub acknowledged: Vec<(Position, u64)>,
    /// What was said more than once, because it was not known whether it had been heard.
    pub repeated: HashSet<u64>,
}

impl Record {
    pub fn starting(at: Position) -> Self {
        Self {
            at,
            events: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// Notes an event, which must follow what was heard before it.
    pub fn event(&mut self, frame: &Value) {
        let position = at(frame);
        assert_eq!(position, self.at.next(), "a silent hole, or an event that comes again");
        self.events.push((position, frame["data"].as_u64().unwrap()));
        self.at = position;
    }

    pub fn gap(&mut self, frame: &Value) {
        let position = at(frame);
        assert_ne!(position, self.at, "a gap in which nothing is missing");
        self.gaps.push((self.at, position));
        self.at = position;
    }

    /// Fails unless all that was acknowledged was heard where it was said to be or lies in a gap, and nothing was heard
    /// twice but what was said twice.
    pub fn assert_accounts_for(&self, said: &Said) {
        let heard: HashMap<Position, u64> = self.events.iter().copied().collect();
        assert_eq!(heard.len(), self.events.len(), "a position came twice");
        for (position, number) in &said.acknowledged {
            match heard.get(position) {
                Some(heard) => assert_eq!(heard, number, "another event at {position:?}"),
                None => assert!(self.misses(*position), "{number} at {position:?} was never heard"),
            }
        }
        let mut numbers = HashSet::new();
        for (position, number) in &self.events {
            let again = !numbers.insert(number);
            assert!(
                !again || said.repeated.contains(number),
                "{number} came again at {position:?}"
            );
        }
    }

    /// Whether a position lies in a gap.
    fn misses(&self, position: Position) -> bool {
        self.gaps.iter().any(|(from, to)| {
            let after = from.epoch != position.epoch || position.offset > from.offset;
            let until = to.epoch != position.epoch || position.offset <= to.offset;
            let concerns = from.epoch == position.epoch || to.epoch == position.epoch;
            concerns && after && until
        })
    }
}

impl Said {
    pub fn together(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.acknowledged.extend(part.acknowledged);
            all.repeated.extend(part.repeated);
        }
        all
    }
}
