use parking_lot::Mutex;
use tenon_kernel::Id;
use tenon_rooms::{Epoch, EventData, EventName, NewEvent, Offset};

use super::*;

/// What was delivered, and what was said to be lost.
#[derive(Default)]
struct Ear {
    heard: Mutex<Vec<u64>>,
    lost: Mutex<Vec<u64>>,
}

impl Listener for Ear {
    fn deliver(&self, event: Arc<Event>) {
        self.heard.lock().push(event.position.offset.get());
    }

    fn lost(&self, _room: &Room, position: Position) {
        self.lost.lock().push(position.offset.get());
    }
}

/// A room that somebody is in, from its beginning on.
struct Story {
    room: Room,
    epoch: Epoch,
    track: Track,
    ear: Ear,
}

impl Story {
    fn begin() -> Self {
        let mut story = Self {
            room: Room::User(Id::at(tenon_kernel::Timestamp::from_micros(1))),
            epoch: Epoch::random(),
            track: Track::default(),
            ear: Ear::default(),
        };
        let (reply, _answer) = oneshot::channel();
        story.track.join(reply);
        story.asks();
        // The answer is still waited for.
        assert!(!story.is_answered(0, []));
        story
    }

    fn at(&self, offset: u64) -> Position {
        Position {
            epoch: self.epoch,
            offset: Offset::new(offset),
        }
    }

    fn text() -> String {
        wire::write(&NewEvent {
            name: EventName::parse("said").unwrap(),
            data: EventData::parse("1").unwrap(),
            at: tenon_kernel::Timestamp::from_micros(1),
            from: None,
        })
    }

    fn asks(&mut self) {
        assert!(self.track.queue());
        self.track.begin();
    }

    /// The server says that the room is at `now`, and has these events. Says whether it has to be asked again.
    fn is_answered(&mut self, now: u64, events: impl IntoIterator<Item = u64>) -> bool {
        let entry = |offset| Some((Offset::new(offset), Self::text()));
        let reading = Reading {
            position: self.at(now),
            entries: events.into_iter().map(entry).collect(),
        };
        self.track.read(&self.room, Some(reading), &self.ear)
    }

    /// A message comes by itself. Says whether the server has to be asked.
    fn comes(&mut self, offset: u64) -> bool {
        let position = self.at(offset);
        self.track.message(&self.room, position, &Self::text(), &self.ear)
    }
}

#[test]
fn an_answer_that_messages_have_overtaken_is_no_loss() {
    let mut story = Story::begin();
    story.asks();
    for offset in 1..=150 {
        assert!(!story.comes(offset));
    }
    assert!(story.is_answered(200, 1..=100));
    story.asks();
    assert!(!story.is_answered(200, 151..=200));
    assert_eq!(*story.ear.heard.lock(), (1..=200).collect::<Vec<_>>());
    assert!(story.ear.lost.lock().is_empty());
}

#[test]
fn what_the_server_does_not_have_any_more_is_lost() {
    let mut story = Story::begin();
    assert!(!story.comes(1));
    story.asks();
    assert!(!story.is_answered(9, 5..=9));
    assert_eq!(
        (story.ear.heard.lock().clone(), story.ear.lost.lock().clone()),
        (vec![1], vec![9])
    );
    // Not even when messages came meanwhile.
    story.asks();
    assert!(!story.comes(10));
    assert!(story.is_answered(30, 20..=30));
    story.asks();
    assert!(!story.is_answered(30, 20..=30));
    assert_eq!(*story.ear.lost.lock(), [9, 30]);
}
