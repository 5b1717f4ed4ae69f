//! Which events went out in which order, so that one place in it says what a client has of every room.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use tenon_rooms::{Offset, Position, Room};

use super::packets::offset;
use super::recovery::position;

/// Steps that are remembered. A client that is behind more of them is not recovered.
const MOST: usize = 256;

/// Events of one room that went out one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    room: Room,
    first: Position,
    last: Offset,
}

impl Step {
    fn end(&self) -> Position {
        Position {
            epoch: self.first.epoch,
            offset: self.last,
        }
    }

    /// No two rooms have the same epoch.
    fn contains(&self, position: Position) -> bool {
        self.first.epoch == position.epoch && (self.first.offset..=self.last).contains(&position.offset)
    }
}

/// What went out to a client: where each room was at first, and the steps from there. Steps that the client has for certain go
/// into the beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trail {
    rooms: Vec<(Room, Position)>,
    steps: VecDeque<Step>,
    /// So many steps went out before the last sign of life.
    settled: usize,
    /// Steps had to be forgotten that the client may lack until so many more signs of life.
    torn: u8,
}

impl Trail {
    /// The client is in a room from this position on.
    pub fn enter(&mut self, room: Room, position: Position) {
        self.leave(&room);
        self.rooms.push((room, position));
    }

    /// The client left a room.
    pub fn leave(&mut self, room: &Room) {
        self.rooms.retain(|(other, _)| other != room);
    }

    /// Events went out.
    pub fn went(&mut self, room: &Room, first: Position, last: Offset) {
        let settled = self.settled == self.steps.len();
        if let Some(step) = self.steps.back_mut()
            && !settled
            && step.room == *room
            && step.end().next() == first
        {
            step.last = last;
            return;
        }
        self.steps.push_back(Step {
            room: *room,
            first,
            last,
        });
        if self.steps.len() > MOST {
            self.torn = 2;
            self.settle(1);
        }
    }

    /// A sign of life came: everything that had gone out when the one before came has arrived since.
    pub fn confirmed(&mut self) {
        self.settle(self.settled);
        self.settled = self.steps.len();
        self.steps.shrink_to(2 * self.settled);
        self.torn = self.torn.saturating_sub(1);
    }

    fn settle(&mut self, steps: usize) {
        for step in self.steps.drain(..steps.min(self.steps.len())) {
            if let Some((_, position)) = self.rooms.iter_mut().find(|(room, _)| *room == step.room) {
                *position = step.end();
            }
        }
        self.settled = self.settled.saturating_sub(steps);
    }

    /// Where to go on in every room for a client that has everything up to an event; nothing when that cannot be told.
    pub fn resume(mut self, position: Position) -> Option<Vec<(Room, Position)>> {
        let Some(index) = self.steps.iter().rposition(|step| step.contains(position)) else {
            let begins = |(_, begin): &(Room, Position)| *begin == position;
            return (self.torn == 0 && self.rooms.iter().any(begins)).then_some(self.rooms);
        };
        self.settle(index);
        let room = self.steps.front().map(|step| step.room);
        if let Some((_, begin)) = self.rooms.iter_mut().find(|(other, _)| Some(*other) == room) {
            *begin = position;
        }
        Some(self.rooms)
    }
}

/// A trail as it is kept: rooms and where they begin, then steps, then [`Trail::torn`].
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    rooms: Vec<(String, String)>,
    steps: Vec<(String, String, u64)>,
    torn: u8,
}

impl Trail {
    pub(super) fn written(&self) -> Written {
        let begin = |(room, position): &(Room, Position)| (room.to_string(), offset(*position));
        let step = |step: &Step| (step.room.to_string(), offset(step.first), step.last.get());
        Written {
            rooms: self.rooms.iter().map(begin).collect(),
            steps: self.steps.iter().map(step).collect(),
            torn: self.torn,
        }
    }

    /// Nothing when it is none.
    pub(super) fn read(written: &Written) -> Option<Self> {
        let begin = |(room, at): &(String, String)| Some((Room::parse(room).ok()?, position(at)?));
        let step = |(room, first, last): &(String, String, u64)| {
            Some(Step {
                room: Room::parse(room).ok()?,
                first: position(first)?,
                last: Offset::new(*last),
            })
        };
        Some(Self {
            rooms: written.rooms.iter().map(begin).collect::<Option<_>>()?,
            steps: written.steps.iter().map(step).collect::<Option<_>>()?,
            settled: 0,
            torn: written.torn,
        })
    }
}
