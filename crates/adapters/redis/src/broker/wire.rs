//! How events travel and are kept: `at from name data`, separated by one space; `at` in microseconds since 1970, `from` a
//! user or `-`. Where events are spread, `epoch offset` of the first is in front of all that follow one another, with a
//! separator between them.

use std::fmt::Write as _;

use tenon_kernel::Timestamp;
use tenon_rooms::{Epoch, Event, EventData, EventName, NewEvent, Offset, Position, Room};

const PREFIX: &str = "tenon:{";
const CHANNEL: &str = "}:live";

/// Is in no JSON text (RFC 8259, section 7; it is what RFC 7464 separates them by).
const SEPARATOR: char = '\u{1e}';

/// A key of the room's. What is in braces decides where a cluster keeps it, so that all of a room is in one place.
pub fn key(room: &Room, what: &str) -> String {
    format!("{PREFIX}{room}}}:{what}")
}

pub fn channel(room: &Room) -> String {
    format!("{PREFIX}{room}{CHANNEL}")
}

pub fn room(channel: &str) -> Option<Room> {
    let name = channel.strip_prefix(PREFIX)?.strip_suffix(CHANNEL)?;
    Room::parse(name).ok()
}

pub fn write(event: &NewEvent) -> String {
    let mut text = String::with_capacity(event.data.as_str().len() + 128);
    // Writing to a string cannot fail.
    let _ = match event.from {
        Some(user) => write!(text, "{} {user} ", event.at.as_micros()),
        None => write!(text, "{} - ", event.at.as_micros()),
    };
    text.push_str(event.name.as_str());
    text.push(' ');
    text.push_str(event.data.as_str());
    text
}

pub fn position(text: &str) -> Option<Position> {
    let (epoch, offset) = text.split_once(' ')?;
    Some(Position {
        epoch: Epoch::parse(epoch).ok()?,
        offset: Offset::new(offset.parse().ok()?),
    })
}

/// The events of a message, each with its position.
pub fn message(text: &str) -> Option<impl Iterator<Item = (Position, &str)>> {
    let end = text.match_indices(' ').nth(1)?.0;
    let (head, events) = text.split_at_checked(end)?;
    let positions = std::iter::successors(Some(position(head)?), |position| Some(position.next()));
    Some(positions.zip(events.strip_prefix(' ')?.split(SEPARATOR)))
}

pub fn event(room: &Room, position: Position, text: &str) -> Option<Event> {
    let mut parts = text.splitn(4, ' ');
    let at = Timestamp::from_micros(parts.next()?.parse().ok()?);
    let from = match parts.next()? {
        "-" => None,
        user => Some(user.parse().ok()?),
    };
    Some(Event {
        room: *room,
        position,
        name: EventName::known(parts.next()?).ok()?,
        data: EventData::parse(parts.next()?).ok()?,
        at,
        from,
    })
}

#[cfg(test)]
mod tests {
    use tenon_kernel::Id;

    use super::*;

    fn time() -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000)
    }

    #[test]
    fn events_read_back_as_they_were_written() {
        let room = Room::Site(Id::at(time()), Id::at(time()));
        assert_eq!(super::room(&channel(&room)), Some(room));
        let at = Position {
            epoch: Epoch::random(),
            offset: Offset::new(7),
        };
        for from in [None, Some(Id::at(time()))] {
            for data in ["1", "{\"a b\" : \"c d\"}", "\" \""] {
                let new = NewEvent {
                    name: EventName::parse("a:b").unwrap(),
                    data: EventData::parse(data).unwrap(),
                    at: time(),
                    from,
                };
                let text = write(&new);
                let text = format!("{} {} {text}\u{1e}{text}", at.epoch, at.offset);
                let read: Vec<_> = message(&text).unwrap().collect();
                assert_eq!(read.len(), 2);
                for ((position, text), at) in read.into_iter().zip([at, at.next()]) {
                    let event = event(&room, position, text).unwrap();
                    assert_eq!(
                        (event.position, event.room, event.at, event.from),
                        (at, room, time(), from)
                    );
                    assert_eq!((&event.name, &event.data), (&new.name, &new.data));
                }
            }
        }
    }

    #[test]
    fn other_text_is_no_event() {
        let room = Room::User(Id::at(time()));
        let at = Position {
            epoch: Epoch::random(),
            offset: Offset::START,
        };
        for text in ["", " ", "  ", "x 1 2", "garbage", "ä ö ü"] {
            assert!(message(text).is_none(), "{text}");
        }
        for text in [
            "", "1", "1 -", "1 - a", "x - a 1", "1 x a 1", "1 - ä 1", "1 - a {", "1 -  1",
        ] {
            assert_eq!(event(&room, at, text), None, "{text}");
        }
        for text in [
            "",
            "tenon:{}:live",
            "tenon:{org:x}:live",
            &key(&room, "events"),
            &room.to_string(),
        ] {
            assert_eq!(super::room(text), None, "{text}");
        }
    }
}
