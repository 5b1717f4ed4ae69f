//! Which events went out in which order, so that one place in it says what a client has of every room.

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

#[cfg(test)]
mod tests {
    use tenon_kernel::{Id, Timestamp};
    use tenon_rooms::Epoch;

    use super::*;

    fn room(number: i64) -> Room {
        Room::User(Id::at(Timestamp::from_micros(number)))
    }

    struct Scene {
        trail: Trail,
        epochs: [Epoch; 2],
        rooms: [Room; 2],
    }

    impl Scene {
        /// A client that is at the beginning of two rooms.
        fn new() -> Self {
            let mut scene = Self {
                trail: Trail::default(),
                epochs: [Epoch::random(), Epoch::random()],
                rooms: [room(1), room(2)],
            };
            for room in [0, 1] {
                scene.trail.enter(scene.rooms[room], scene.at(room, 0));
            }
            scene
        }

        fn at(&self, room: usize, offset: u64) -> Position {
            Position {
                epoch: self.epochs[room],
                offset: Offset::new(offset),
            }
        }

        fn went(&mut self, room: usize, first: u64, last: u64) {
            self.trail
                .went(&self.rooms[room], self.at(room, first), Offset::new(last));
        }

        fn resume(&self, room: usize, offset: u64) -> Option<[u64; 2]> {
            let rooms = self.trail.clone().resume(self.at(room, offset))?;
            let offset = |room| {
                rooms
                    .iter()
                    .find(|(other, _)| *other == room)
                    .map(|(_, at)| at.offset.get())
            };
            Some(self.rooms.map(|room| offset(room).unwrap_or(u64::MAX)))
        }
    }

    #[test]
    fn one_event_says_what_a_client_has_of_every_room() {
        let mut scene = Scene::new();
        scene.went(0, 1, 3);
        scene.went(1, 1, 1);
        scene.went(0, 4, 4);
        scene.went(0, 5, 9);
        scene.went(1, 2, 2);
        assert_eq!(scene.resume(0, 2), Some([2, 0]));
        assert_eq!(scene.resume(0, 3), Some([3, 0]));
        assert_eq!(scene.resume(1, 1), Some([3, 1]));
        assert_eq!(scene.resume(0, 7), Some([7, 1]));
        assert_eq!(scene.resume(1, 2), Some([9, 2]));
    }

    #[test]
    fn who_has_heard_nothing_goes_on_from_the_beginning() {
        let mut scene = Scene::new();
        scene.went(1, 1, 5);
        assert_eq!(scene.resume(0, 0), Some([0, 0]));
        assert_eq!(scene.resume(1, 6), None);
        assert_eq!(scene.resume(0, 1), None);
    }

    #[test]
    fn what_arrived_for_certain_is_not_remembered() {
        let mut scene = Scene::new();
        scene.went(0, 1, 3);
        scene.went(1, 1, 1);
        scene.trail.confirmed();
        scene.went(1, 2, 2);
        assert_eq!(
            scene.resume(0, 2),
            Some([2, 0]),
            "a sign of life may be older than what went out before it"
        );
        scene.trail.confirmed();
        assert_eq!(scene.resume(0, 2), None);
        assert_eq!(scene.resume(1, 1), Some([3, 1]));
        assert_eq!(scene.resume(1, 2), Some([3, 2]));
        scene.trail.confirmed();
        assert_eq!(scene.trail.steps.len(), 0);
        assert_eq!(scene.resume(1, 2), Some([3, 2]));
    }

    #[test]
    fn who_is_too_far_behind_is_not_recovered() {
        let mut scene = Scene::new();
        for turn in 1..=u64::try_from(MOST).unwrap() {
            scene.went(0, turn, turn);
            scene.went(1, turn, turn);
        }
        assert_eq!(scene.resume(0, 1), None);
        assert_eq!(scene.resume(1, 128), None, "what is forgotten may not have arrived");
        assert_eq!(scene.resume(0, 200), Some([200, 199]));
        scene.trail.confirmed();
        scene.trail.confirmed();
        let end = u64::try_from(MOST).unwrap();
        assert_eq!(scene.resume(1, end), Some([end, end]));
    }

    #[test]
    fn a_trail_reads_back_as_it_was_kept() {
        let mut scene = Scene::new();
        scene.went(0, 1, 3);
        scene.went(1, 1, 1);
        let kept = serde_json::to_string(&scene.trail.written()).unwrap();
        assert_eq!(Trail::read(&serde_json::from_str(&kept).unwrap()), Some(scene.trail));
    }

    #[test]
    fn a_room_that_was_left_is_not_gone_on_with() {
        let mut scene = Scene::new();
        scene.went(1, 1, 1);
        scene.went(0, 1, 1);
        let left = scene.rooms[1];
        scene.trail.leave(&left);
        assert_eq!(scene.resume(1, 1), Some([0, u64::MAX]));
        assert_eq!(scene.resume(0, 1), Some([1, u64::MAX]));
    }

    #[test]
    fn a_gap_is_a_step_to_where_the_room_is() {
        let mut scene = Scene::new();
        scene.went(0, 1, 3);
        scene.went(0, 90, 90);
        scene.went(0, 91, 91);
        assert_eq!(scene.resume(0, 90), Some([90, 0]));
        assert_eq!(scene.resume(0, 50), None);
    }
}
