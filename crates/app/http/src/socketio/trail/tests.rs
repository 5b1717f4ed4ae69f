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
